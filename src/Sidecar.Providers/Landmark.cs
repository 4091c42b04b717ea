namespace Sidecar.Providers;

/// <summary>What an event begins or ends, besides the texts in it.</summary>
internal enum LandmarkKind : byte
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>The message: Anthropic's message_start; the response that an event of OpenAI responses shows.</summary>
    Message,
    /// <summary>A content block (Anthropic) or an output item (OpenAI responses) begins.</summary>
    Item,
    /// <summary>An output item ends.</summary>
    ItemDone,
    /// <summary>A content part or summary part begins or ends.</summary>
    Part,
}

/// <summary>The message, item or part that an event begins or ends.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Item">The block's or item's index.</param>
/// <param name="Part">The part, as in <see cref="Channel"/>.</param>
/// <param name="Start">Where its JSON object starts in the data, for OpenAI responses.</param>
/// <param name="Length">Bytes of the object.</param>
internal readonly record struct Landmark(LandmarkKind Kind, int Item, int Part, int Start, int Length);
