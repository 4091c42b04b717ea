using System.Text;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class PrivateKeyTests
{
    private static readonly string[] Body = [.. Convert.ToBase64String(Bytes(400)).Chunk(64).Select(line => new string(line))];

    public static TheoryData<string> Kinds => ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "PGP "];

    public static TheoryData<string> LineEnds => ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", " ", "\n    "];

    [Theory, MemberData(nameof(Kinds))]
    public void A_key_is_found_from_its_header_to_its_footer(string kind)
    {
        var key = Key(kind, "\n");
        Assert.Equal([$"private_key {key}"], Found.All($"Here is the key:\n{key}\nKeep it secret, and do not show it to anyone."));
    }

    [Theory, MemberData(nameof(LineEnds))]
    public void Its_lines_may_end_in_any_way(string lineEnd)
    {
        var key = Key("RSA ", lineEnd);
        Assert.Equal([$"private_key {key}"], Found.All($"key: \"{key}\", and so on"));
    }

    [Fact]
    public void It_may_be_one_line() => Assert.Equal([$"private_key {Key("EC ", "")}"], Found.All($"{Key("EC ", "")} end"));

    [Fact]
    public void It_may_have_headers()
    {
        var key = Key("RSA ", "\n")
            .Replace("KEY-----\nA", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\nA", StringComparison.Ordinal);
        Assert.Contains("DEK-Info", key, StringComparison.Ordinal);
        Assert.Equal([$"private_key {key}"], Found.All($"{key}\nEnd"));
    }

    [Fact]
    public void It_may_have_a_checksum()
    {
        var key = Key("PGP ", "\n").Replace("PRIVATE KEY", "PRIVATE KEY BLOCK", StringComparison.Ordinal)
            .Replace("BLOCK-----\nA", "BLOCK-----\nVersion: GnuPG v2\n\nA", StringComparison.Ordinal)
            .Replace("\n-----END", "\n=aB3d\n-----END", StringComparison.Ordinal);
        Assert.Equal([$"private_key {key}"], Found.All($"{key}\n\nThat was it."));
    }

    [Theory]
    [InlineData("\n\nThat is all that I have of it.")]
    [InlineData("```\nThat is all.")]
    [InlineData("...\n-----END PRIVATE KEY-----")]
    [InlineData("\", \"next\": 1")]
    public void Without_a_footer_it_is_found_as_far_as_its_body_goes(string rest)
    {
        var key = Key("", "\n");
        key = key[..key.IndexOf("\n-----END", StringComparison.Ordinal)];
        var found = Assert.Single(Found.By("private_key", key + rest));
        Assert.Equal(key, found.TrimEnd());
    }

    [Fact]
    public void Without_a_footer_it_takes_a_word_of_the_next_line_at_most()
    {
        var key = Key("", "\n");
        key = key[..key.IndexOf("\n-----END", StringComparison.Ordinal)];
        Assert.Equal([key + "\nThat "], Found.By("private_key", key + "\nThat is all that I have of it."));
    }

    [Theory]
    [InlineData("It begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg...\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n<your key here>\n-----END RSA PRIVATE KEY-----")]
    public void A_header_without_a_body_is_no_key(string text) => Assert.Empty(Found.All(text));

    [Fact]
    public void What_is_public_is_no_private_key()
    {
        Assert.Empty(Found.All(Key("", "\n").Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal)));
        Assert.Empty(Found.All(Key("", "\n").Replace("PRIVATE KEY", "CERTIFICATE", StringComparison.Ordinal)));
    }

    private static string Key(string kind, string lineEnd) => new StringBuilder($"-----BEGIN {kind}PRIVATE KEY-----").Append(lineEnd)
        .AppendJoin(lineEnd, Body).Append(lineEnd).Append($"-----END {kind}PRIVATE KEY-----").ToString();

    // Base64 of them begins with an A, and its last line is short.
    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * i * 7))];
}
