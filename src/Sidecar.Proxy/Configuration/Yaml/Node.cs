namespace Sidecar.Proxy.Configuration.Yaml;

/// <summary>A value of the document, with its place. Immutable, so that an alias may share it.</summary>
internal abstract class Node(Place place)
{
    public Place Place { get; } = place;

    /// <summary>How many nodes it stands for once aliases are followed.</summary>
    public virtual int Weight => 1;

    /// <summary>How many levels stand below it.</summary>
    public virtual int Height => 0;

    /// <summary>Whether nothing is written here.</summary>
    public virtual bool IsNull => false;
}

/// <summary>A text.</summary>
/// <param name="text">What it says.</param>
/// <param name="place">Where it begins, its quote too.</param>
/// <param name="plain">Whether it is written without quotes.</param>
/// <param name="lead">Characters before the text where it is written on one line just as it is, else -1.</param>
internal sealed class ScalarNode(string text, Place place, bool plain = true, int lead = -1) : Node(place)
{
    public string Text { get; } = text;

    /// <summary>Where one of its characters is written, as far as that can be told.</summary>
    public Place PlaceOf(int index) => lead < 0 ? Place : Place with { Column = Place.Column + lead + index };

    // YAML 1.2 core schema, §10.3.2.
    public override bool IsNull => plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class ListNode(IReadOnlyList<Node> items, Place place) : Node(place)
{
    public IReadOnlyList<Node> Items { get; } = items;

    public override int Weight { get; } = 1 + items.Sum(item => item.Weight);

    public override int Height { get; } = items.Count == 0 ? 0 : 1 + items.Max(item => item.Height);
}

internal readonly record struct Member(string Key, Place Place, Node Value);

internal sealed class MapNode(IReadOnlyList<Member> members, Place place) : Node(place)
{
    public IReadOnlyList<Member> Members { get; } = members;

    public override int Weight { get; } = 1 + members.Sum(member => member.Value.Weight);

    public override int Height { get; } = members.Count == 0 ? 0 : 1 + members.Max(member => member.Value.Height);

    public Node? Find(string key) => Members.FirstOrDefault(member => member.Key == key).Value;

    /// <summary>A copy in which <paramref name="member"/> stands instead of the one with its key, else at the end.</summary>
    public MapNode With(Member member)
    {
        var members = Members.ToList();
        var index = members.FindIndex(other => other.Key == member.Key);
        if (index < 0)
            members.Add(member);
        else
            members[index] = member;
        return new MapNode(members, Place);
    }
}
