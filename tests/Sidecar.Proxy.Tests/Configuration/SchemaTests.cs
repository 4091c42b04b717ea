using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class SchemaTests
{
    internal static JsonNode Schema()
    {
        using var stream = new MemoryStream();
        ConfigurationSchema.Write(stream);
        return JsonNode.Parse(stream.ToArray())!;
    }

    /// <summary>An example as a README has it, in the JSON that is YAML too.</summary>
    private const string Example =
        """
        {
          "listen": "127.0.0.1:8080",
          "http": { "max_header_bytes": "32KB", "max_headers": 100, "max_request_body": 1048576 },
          "admin": { "listen": "${env:ADMIN}" },
          "upstreams": {
            "openai": {
              "url": "https://api.openai.com",
              "provider": "openai",
              "credential": { "header": "authorization", "value": "Bearer ${env:KEY}" },
              "max_connections": "${env:CONNECTIONS}",
              "tls": { "ca_file": null, "server_name": "api.openai.com" }
            },
            "local": { "url": "http://127.0.0.1:11434/base", "provider": "ollama", "credential": null, "tls": null }
          },
          "routes": [
            { "name": "chat", "match": { "path": "/v1/*", "models": ["gpt-*", "o*"], "headers": { "x-tier": "gold" } },
              "upstreams": [ { "name": "openai", "weight": 9 } ], "fallback": [], "first_token_timeout": "30s", "moderation": "strict" },
            { "name": "some", "moderation": "off", "upstreams": [ { "name": "local" } ] },
            { "name": "rest", "upstreams": [ { "name": "local" } ] }
          ],
          "auth": {
            "mode": "keys",
            "keys": [ { "id": "a", "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "user": null, "models": ["gpt-*"], "routes": ["chat"],
              "requests_per_minute": 600, "budget_usd_per_day": 0.5 } ],
            "jwt": { "issuer": "", "jwks_file": "", "claims": { "user": "email" } },
            "attribution_headers": { "user": "x-user", "team": null }
          },
          "streaming": {
            "buffer_size": "128KiB", "heartbeat": 0, "backpressure": { "strategy": "pause_upstream", "high_watermark": "90%" },
            "client_timeout": { "total": "1h" }, "resume": { "enabled": false }, "on_client_abort": "cancel"
          },
          "moderation": {
            "policies": {
              "strict": {
                "rules": [
                  { "id": "pii", "detect": ["email", "credit_card"], "action": "redact", "with": "<{TYPE}>" },
                  { "id": "words", "terms": ["a b"], "terms_file": null, "whole_word": false, "action": "terminate" },
                  { "id": "code", "pattern": "PRJ-[0-9]{4,8}", "action": "mask", "keep_last": 2 },
                  { "id": "name", "terms": ["x"], "action": "hash", "key": "${env:KEY}${env:KEY}" }
                ],
                "fold": ["case"], "scan": ["content"], "input": true,
                "classifier": { "url": "http://127.0.0.1:8000/v1/moderations", "gate": "async", "timeout": "250ms", "on_failure": "open", "model": "guard" }
              },
              "asked": { "classifier": { "url": "http://guard" } }
            }
          },
          "metrics": { "models": ["gpt-4o"], "buckets": { "llm_sidecar_overhead_seconds": [0.001, 0.01, 1] } },
          "logging": { "level": "debug", "format": "json" },
          "drain": { "min_delay": 0, "deadline": "10s" }
        }
        """;

    [Fact]
    public void The_schema_and_the_sidecar_accept_the_same_example()
    {
        using var given = new Given();
        given.Environment["ADMIN"] = "127.0.0.1:0";
        given.Environment["KEY"] = "kkkkkkkk";
        given.Environment["CONNECTIONS"] = "3";
        Given.Valid(given.Load(Example));
        Assert.Equal([], Refusals(JsonNode.Parse(Example)));
    }

    [Fact]
    public void The_schema_accepts_what_the_sidecar_shows_of_its_defaults()
    {
        using var given = new Given();
        Assert.Equal([], Refusals(Given.View(Given.Valid(given.LoadNoFile()))));
    }

    [Theory]
    [InlineData("""{"listne":"a:1"}""", "$.listne: unknown")]
    [InlineData("""{"listen":8080}""", "$.listen: none of anyOf")]
    [InlineData("""{"http":{"max_headers":0}}""", "$.http.max_headers: none of anyOf")]
    [InlineData("""{"upstreams":{"a":{}}}""", "$.upstreams.a: url required")]
    [InlineData("""{"upstreams":{"a b":{"url":"http://h"}}}""", "$.upstreams.a b: pattern")]
    [InlineData("""{"upstreams":{"a":{"url":"http://h?q"}}}""", "$.upstreams.a.url: none of anyOf")]
    [InlineData("""{"routes":[{"name":"a","upstreams":[]}]}""", "$.routes[0].upstreams: minItems")]
    [InlineData("""{"auth":{"mode":"key"}}""", "$.auth.mode: none of anyOf")]
    [InlineData("""{"auth":{"keys":[{"id":"a"}]}}""", "$.auth.keys[0]: sha256 required")]
    [InlineData("""{"streaming":{"on_client_abort":"drian"}}""", "$.streaming.on_client_abort: none of anyOf")]
    [InlineData("""{"moderation":{"policies":{"off":{"classifier":{"url":"http://h"}}}}}""", "$.moderation.policies.off: pattern")]
    [InlineData("""{"moderation":{"policies":{"p":{"rules":[{"id":"a","terms":["x"]}]}}}}""", "$.moderation.policies.p.rules[0]: action required")]
    [InlineData("""{"moderation":{"policies":{"p":{"classifier":{}}}}}""", "$.moderation.policies.p.classifier: url required")]
    [InlineData("""{"moderation":{"policies":{"p":{"rules":[{"id":"a","terms":[" "],"action":"flag"}]}}}}""",
        "$.moderation.policies.p.rules[0].terms[0]: none of anyOf")]
    [InlineData("""{"transform":{"format":"html"}}""", "$.transform.format: enum")]
    public void The_schema_refuses_what_the_sidecar_refuses(string configuration, string refusal)
    {
        using var given = new Given();
        Assert.NotEmpty(given.Errors(configuration));
        Assert.Equal([refusal], Refusals(JsonNode.Parse(configuration)));
    }

    [Fact]
    public void Every_key_has_a_description_and_unbuilt_ones_say_so()
    {
        var undescribed = new List<string>();
        Walk(Schema(), "$");
        Assert.Empty(undescribed);
        Assert.EndsWith("Not built yet in this version.", Schema()["properties"]!["usage"]!["properties"]!["tokenizer"]!["description"]!.GetValue<string>(),
            StringComparison.Ordinal);

        void Walk(JsonNode node, string path)
        {
            foreach (var (key, value) in node["properties"] as JsonObject ?? [])
            {
                if (value!["description"] is null)
                    undescribed.Add($"{path}.{key}");
                Walk(value, $"{path}.{key}");
            }
        }
    }

    [Fact]
    public void Defaults_are_those_of_the_options()
    {
        var properties = Schema()["properties"]!;
        Assert.Equal("0.0.0.0:8080", properties["listen"]!["default"]!.GetValue<string>());
        Assert.Equal("64KB", properties["streaming"]!["properties"]!["buffer_size"]!["default"]!.GetValue<string>());
        Assert.Equal("2m", properties["routes"]!["items"]!["properties"]!["first_token_timeout"]!["default"]!.GetValue<string>());
        Assert.Null(properties["upstreams"]!["default"]);
    }

    private static List<string> Refusals(JsonNode? value)
    {
        var refusals = new List<string>();
        var schema = Schema().AsObject();
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema["$schema"]!.GetValue<string>());
        Validate(schema, value, "$", schema, refusals);
        return refusals;
    }

    /// <summary>JSON Schema as far as ours goes: a keyword that is not known here fails the test.</summary>
    private static void Validate(JsonObject schema, JsonNode? value, string path, JsonObject root, List<string> refusals)
    {
        var values = value as JsonObject;
        var items = value as JsonArray;
        foreach (var (keyword, rule) in schema)
        {
            var holds = keyword switch
            {
                "$schema" or "$defs" or "title" or "description" or "default" => true,
                "type" => (rule is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [rule!.GetValue<string>()]).Any(type => Is(type, value)),
                "enum" => rule!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
                "const" => JsonNode.DeepEquals(rule, value),
                "pattern" => value?.GetValueKind() != JsonValueKind.String || Matches(rule!, value.GetValue<string>()),
                "minLength" => value?.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length >= rule!.GetValue<int>(),
                "minimum" => value?.GetValueKind() != JsonValueKind.Number || value.GetValue<decimal>() >= rule!.GetValue<decimal>(),
                "maximum" => value?.GetValueKind() != JsonValueKind.Number || value.GetValue<decimal>() <= rule!.GetValue<decimal>(),
                "minItems" => items is null || items.Count >= rule!.GetValue<int>(),
                "maxItems" => items is null || items.Count <= rule!.GetValue<int>(),
                "$ref" => Fits(root["$defs"]![rule!.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value, root),
                "anyOf" => AnyOf(rule!.AsArray(), value, path, root, refusals),
                "required" => Required(rule!.AsArray(), values, path, refusals),
                "properties" or "items" or "propertyNames" or "additionalProperties" => true,
                _ => throw new NotSupportedException(keyword),
            };
            if (!holds)
                refusals.Add($"{path}: {(keyword == "anyOf" ? "none of anyOf" : keyword)}");
        }
        for (var i = 0; i < items?.Count; i++)
            Validate(schema["items"]!.AsObject(), items[i], $"{path}[{i}]", root, refusals);
        foreach (var (name, member) in values ?? [])
        {
            if (schema["propertyNames"] is JsonObject names)
                Validate(names, JsonValue.Create(name), $"{path}.{name}", root, refusals);
            if (schema["properties"]?[name] is JsonObject known)
                Validate(known, member, $"{path}.{name}", root, refusals);
            else if (schema["additionalProperties"] is JsonObject others)
                Validate(others, member, $"{path}.{name}", root, refusals);
            else if (schema["additionalProperties"] is not null)
                refusals.Add($"{path}.{name}: unknown");
        }
    }

    private static bool AnyOf(JsonArray alternatives, JsonNode? value, string path, JsonObject root, List<string> refusals)
    {
        // An object is told apart from its alternatives by its type: what is wrong inside is said, not that none fits.
        if (value is JsonObject && alternatives[0]!["properties"] is not null)
        {
            Validate(alternatives[0]!.AsObject(), value, path, root, refusals);
            return true;
        }
        return alternatives.Any(alternative => Fits(alternative!.AsObject(), value, root));
    }

    private static bool Required(JsonArray required, JsonObject? values, string path, List<string> refusals)
    {
        foreach (var key in required.Select(key => key!.GetValue<string>()).Where(key => values?.ContainsKey(key) == false))
            refusals.Add($"{path}: {key} required");
        return true;
    }

    private static bool Fits(JsonObject schema, JsonNode? value, JsonObject root)
    {
        var refusals = new List<string>();
        Validate(schema, value, "$", root, refusals);
        return refusals.Count == 0;
    }

    private static bool Matches(JsonNode pattern, string value) => Regex.IsMatch(value, pattern.GetValue<string>(), RegexOptions.ECMAScript);

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && value.GetValue<decimal>() % 1 == 0,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        _ => throw new NotSupportedException(type),
    };
}
