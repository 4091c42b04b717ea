using System.Buffers;

namespace Sidecar.Providers;

/// <summary>What the name of a member tells of the strings in it.</summary>
internal enum MemberKind : byte
{
    /// <summary>Nothing: they are texts.</summary>
    Unknown,
    /// <summary>They are never text: identifiers, types, models, reasons, addresses, signatures.</summary>
    Metadata,
    /// <summary>They may be text, but come whole: names and other words that no event continues.</summary>
    Label,
    /// <summary>They are no text when they look like an encoded payload.</summary>
    Payload,
    /// <summary>They spell the answer out, token by token.</summary>
    Spelling,
}

/// <summary>
/// The names of members that hold no text, in all dialects alike. What is not listed here, and has no place in its dialect, is a text.
/// </summary>
internal static class MemberNames
{
    // Longer than any key or token that a rule may look for in a text, and shorter than any picture.
    private const int MinPayload = 256;

    // Base64 in both alphabets; JSON may escape its slash, and MIME breaks its lines.
    private static readonly SearchValues<byte> PayloadBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\\"u8);

    /// <summary>Whether the string of a <see cref="MemberKind.Payload"/> member is one.</summary>
    public static bool IsPayload(ReadOnlySpan<byte> value) => value.Length >= MinPayload && !value.ContainsAnyExcept(PayloadBytes);

    /// <summary>What a member's name tells.</summary>
    public static MemberKind KindOf(ReadOnlySpan<byte> name) => IsLabel(name) ? MemberKind.Label : name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => MemberKind.Metadata,
        3 => Metadata(name.SequenceEqual("url"u8) || name.SequenceEqual("uri"u8)),
        4 when name.SequenceEqual("data"u8) => MemberKind.Payload,
        4 => Metadata(name.SequenceEqual("type"u8) || name.SequenceEqual("role"u8)),
        5 => Metadata(name.SequenceEqual("model"u8)),
        6 => OfSix(name),
        7 => Metadata(name.SequenceEqual("created"u8) || name.SequenceEqual("item_id"u8) || name.SequenceEqual("call_id"u8)
            || name.SequenceEqual("file_id"u8) || name.SequenceEqual("fileUri"u8)),
        8 => OfEight(name),
        9 => name.SequenceEqual("token_ids"u8) ? MemberKind.Spelling
            : Metadata(name.SequenceEqual("signature"u8) || name.SequenceEqual("image_url"u8) || name.SequenceEqual("file_data"u8)
                || name.SequenceEqual("mime_type"u8)),
        10 => Metadata(name.SequenceEqual("created_at"u8) || name.SequenceEqual("createTime"u8) || name.SequenceEqual("responseId"u8)
            || name.SequenceEqual("expires_at"u8) || name.SequenceEqual("media_type"u8)),
        11 => OfEleven(name),
        12 => Metadata(name.SequenceEqual("finishReason"u8) || name.SequenceEqual("service_tier"u8) || name.SequenceEqual("modelVersion"u8)
            || name.SequenceEqual("tool_call_id"u8)),
        13 => Metadata(name.SequenceEqual("finish_reason"u8)),
        14 when name.SequenceEqual("logprobsResult"u8) => MemberKind.Spelling,
        15 when name.SequenceEqual("prompt_logprobs"u8) => MemberKind.Spelling,
        15 => Metadata(name.SequenceEqual("encrypted_index"u8)),
        16 => Metadata(name.SequenceEqual("thoughtSignature"u8) || name.SequenceEqual("encrypted_stdout"u8)),
        17 => Metadata(name.SequenceEqual("encrypted_content"u8) || name.SequenceEqual("partial_image_b64"u8)
            || name.SequenceEqual("thought_signature"u8)),
        18 => Metadata(name.SequenceEqual("system_fingerprint"u8)),
        20 => Metadata(name.SequenceEqual("native_finish_reason"u8)),
        _ => MemberKind.Unknown,
    };

    // p is Mistral's padding. The others stand beside the deltas of one provider or another.
    private static bool IsLabel(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("name"u8) || name.SequenceEqual("channel"u8) || name.SequenceEqual("format"u8) || name.SequenceEqual("source"u8)
        || name.SequenceEqual("p"u8) || name.SequenceEqual("size"u8) || name.SequenceEqual("quality"u8) || name.SequenceEqual("background"u8)
        || name.SequenceEqual("output_format"u8) || name.SequenceEqual("toolType"u8);

    private static MemberKind OfSix(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("result"u8) || name.SequenceEqual("images"u8) ? MemberKind.Payload
        : Metadata(name.SequenceEqual("object"u8) || name.SequenceEqual("status"u8));

    private static MemberKind OfEight(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("logprobs"u8) ? MemberKind.Spelling
        : Metadata(name.SequenceEqual("provider"u8) || name.SequenceEqual("severity"u8) || name.SequenceEqual("category"u8)
            || name.SequenceEqual("modality"u8) || name.SequenceEqual("mimeType"u8) || name.SequenceEqual("b64_json"u8)
            || name.SequenceEqual("file_uri"u8));

    private static MemberKind OfEleven(ReadOnlySpan<byte> name) =>
        Metadata(name.SequenceEqual("obfuscation"u8) || name.SequenceEqual("stop_reason"u8) || name.SequenceEqual("done_reason"u8)
            || name.SequenceEqual("blockReason"u8) || name.SequenceEqual("probability"u8) || name.SequenceEqual("tool_use_id"u8)
            || name.SequenceEqual("response_id"u8) || name.SequenceEqual("trafficType"u8));

    private static MemberKind Metadata(bool isKnown) => isKnown ? MemberKind.Metadata : MemberKind.Unknown;
}
