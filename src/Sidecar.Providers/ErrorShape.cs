using System.Buffers;
using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>Writes errors in the shape in which a dialect's official SDK expects them. No dialect: OpenAI's shape.</summary>
public static class ErrorShape
{
    /// <summary>Writes the JSON body of a response that has <paramref name="error"/>'s status.</summary>
    public static void WriteBody(Dialect? dialect, IBufferWriter<byte> writer, ErrorCode error, string message)
    {
        using var json = new Utf8JsonWriter(writer);
        switch (dialect)
        {
            case AnthropicMessages: WriteAnthropic(json, error, message); break;
            case Gemini: WriteGemini(json, error, message); break;
            case Ollama: WriteOllama(json, error, message); break;
            default: WriteOpenAI(json, error, message); break;
        }
    }

    /// <summary>Writes an error that ends a stream after its first byte.</summary>
    /// <param name="dialect">The stream's dialect.</param>
    /// <param name="framing">How the stream's events are framed.</param>
    /// <param name="writer">Receives the bytes.</param>
    /// <param name="error">What failed.</param>
    /// <param name="message">A sentence for people; no content, no secret.</param>
    /// <param name="sequenceNumber">OpenAI responses: the number after the last event's.</param>
    public static void WriteEvent(
        Dialect? dialect, ErrorFraming framing, IBufferWriter<byte> writer, ErrorCode error, string message, long sequenceNumber = 0)
    {
        var frames = new EventFrames(writer, framing);
        // Anthropic's and OpenAI responses' SDKs dispatch on the event's name.
        frames.Begin(dialect is AnthropicMessages or OpenAIResponses ? "error"u8 : default);
        if (dialect is OpenAIResponses) WriteResponsesEvent(writer, error, message, sequenceNumber);
        else WriteBody(dialect, writer, error, message);
        frames.End();
        frames.Close();
    }

    private static void WriteOpenAI(Utf8JsonWriter json, ErrorCode error, string message)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, OpenAIType(error));
        json.WriteNull("param"u8);
        json.WriteString("code"u8, error.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResponsesEvent(IBufferWriter<byte> writer, ErrorCode error, string message, long sequenceNumber)
    {
        using var json = new Utf8JsonWriter(writer);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteString("code"u8, error.Name);
        json.WriteString("message"u8, message);
        json.WriteNull("param"u8);
        json.WriteNumber("sequence_number"u8, sequenceNumber);
        json.WriteEndObject();
    }

    private static void WriteAnthropic(Utf8JsonWriter json, ErrorCode error, string message)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, AnthropicType(error));
        json.WriteString("message"u8, message);
        json.WriteString("code"u8, error.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // google.rpc.Status. The official SDK raises in a stream only when the code is a number from 400 to 599.
    private static void WriteGemini(Utf8JsonWriter json, ErrorCode error, string message)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.Status);
        json.WriteString("message"u8, message);
        json.WriteString("status"u8, GeminiStatus(error));
        json.WriteStartArray("details"u8);
        json.WriteStartObject();
        json.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
        json.WriteString("reason"u8, error.Name);
        json.WriteString("domain"u8, "sidecar"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOllama(Utf8JsonWriter json, ErrorCode error, string message)
    {
        json.WriteStartObject();
        json.WriteString("error"u8, message);
        json.WriteString("code"u8, error.Name);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> OpenAIType(ErrorCode error) => error.Status switch
    {
        401 => "authentication_error"u8,
        403 => "permission_error"u8,
        429 when error == ErrorCode.BudgetExhausted => "insufficient_quota"u8,
        429 => "rate_limit_error"u8,
        < 500 => "invalid_request_error"u8,
        _ => "server_error"u8,
    };

    private static ReadOnlySpan<byte> AnthropicType(ErrorCode error) => error.Status switch
    {
        401 => "authentication_error"u8,
        403 => "permission_error"u8,
        404 => "not_found_error"u8,
        413 => "request_too_large"u8,
        429 => "rate_limit_error"u8,
        503 => "overloaded_error"u8,
        504 => "timeout_error"u8,
        < 500 => "invalid_request_error"u8,
        _ => "api_error"u8,
    };

    private static ReadOnlySpan<byte> GeminiStatus(ErrorCode error) => error.Status switch
    {
        401 => "UNAUTHENTICATED"u8,
        403 => "PERMISSION_DENIED"u8,
        404 => "NOT_FOUND"u8,
        408 or 504 => "DEADLINE_EXCEEDED"u8,
        429 => "RESOURCE_EXHAUSTED"u8,
        502 or 503 => "UNAVAILABLE"u8,
        < 500 => "INVALID_ARGUMENT"u8,
        _ => "INTERNAL"u8,
    };
}
