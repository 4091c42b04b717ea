using Sidecar.FunctionalTests.Product;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>A sidecar whose routes have a policy: every detector redacts, one phrase ends the answer, one pattern is masked, one word is flagged.</summary>
public sealed class ModeratedSidecar : SidecarFixture
{
    protected override string Policy => "default";

    protected override string Settings => """
        moderation:
          policies:
            default:
              rules:
                - { id: pii, pattern: '(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![a-z0-9-])', action: redact, with: "[email]" }
                - { id: cc, pattern: '(?<![0-9])[0-9]{16}(?![0-9])', action: redact, with: "[credit_card]" }
                - { id: phrase, terms: [ "forbidden phrase" ], action: terminate }
                - { id: project, pattern: "PRJ-[0-9]{4,8}", action: mask, keep_last: 2 }
                - { id: brand, terms: [ "acme" ], action: flag }

        """;
}
