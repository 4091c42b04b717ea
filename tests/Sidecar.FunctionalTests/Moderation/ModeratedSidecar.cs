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
                - { id: pii, detect: [email, phone, credit_card, iban, us_ssn, ip_address, mac_address, crypto_wallet, api_key, jwt, private_key], action: redact }
                - { id: phrase, terms: [ "forbidden phrase" ], action: terminate }
                - { id: project, pattern: "PRJ-[0-9]{4,8}", action: mask, keep_last: 2 }
                - { id: brand, terms: [ "acme" ], action: flag }

        """;
}
