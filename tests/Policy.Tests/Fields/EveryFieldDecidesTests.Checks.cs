// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Tests.Checks;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>The fields of checks other than of vulnerabilities.</summary>
public sealed partial class EveryFieldDecidesTests
{
    private const string Added = "spec.checks[1]";

    private const string Provenance = $$"""
        { "signedBy": ["scanner-service"], "builders": ["{{Provenances.Builder}}"], "sources": ["github.com/example/payments"],
          "refs": ["refs/heads/main"], "buildTypes": ["{{Provenances.BuildType}}"], "externalParameters": ["workflow"] }
        """;

    private const string Predicate = """{ "type": "https://example.com/t", "signedBy": ["scanner-service"], "schema": { "required": ["result"] } }""";

    private const string ImageConfig = """{ "user": "nonRoot" }""";

    private const string Directory = """{ "directories": ["registry.example.com/payments/web"], "images": ["registry.example.com/payments/we*"] }""";

    private const string Sbom = """
        { "formats": ["cyclonedx"], "signedBy": ["scanner-service"], "deniedLicenses": ["GPL-2.0-only"], "deniedPackages": ["zlib"], "requiredFields": ["version"] }
        """;

    private const string Classes = """{ "maximumCount": 0, "whenMissing": "refuse" }""";

    private static readonly string Base = $$"""{ "approved": ["{{CheckBattery.Base}}"] }""";

    private static Flip[] CheckFlips =>
    [
        .. Of("provenance", Provenance,
            ("signedBy", """["other-scanner"]"""), ("builders", """["https://example.com/other"]"""), ("sources", """["github.com/example/other"]"""),
            ("refs", """["refs/heads/other"]"""), ("buildTypes", """["https://example.com/other"]"""), ("externalParameters", """["inputs"]""")),
        .. Of("predicate", Predicate,
            ("type", "\"https://example.com/other\""), ("signedBy", """["other-scanner"]"""), ("schema", """{ "required": ["other"] }""")),
        .. Of("imageConfig", ImageConfig),
        new("SigningPolicy", "spec.checks[].imageConfig.user", Added + ".imageConfig", """{ "deniedPorts": [8080], "user": "nonRoot" }""", """{ "deniedPorts": [8080] }""", Given: With("imageConfig", ImageConfig)),
        .. Of("imageConfig", """{ "deniedPorts": [8080], "requiredLabels": ["team"] }""", ("deniedPorts", "[22]"), ("requiredLabels", """["other"]"""))[1..],
        new("SigningPolicy", "spec.checks[].imageConfig.requiredLabels.*", Added + ".imageConfig.requiredLabels.team", "\"other\"", Given: With("imageConfig", """{ "requiredLabels": { "team": "payments" } }""")),
        .. Of("freshness", """{ "maximumBuildAge": "30d", "whenMissing": "refuse" }""", ("maximumBuildAge", "\"50d\""), ("whenMissing", "\"accept\"")),
        .. Of("trustedDirectory", Directory, ("directories", """["registry.example.com/payments/api"]"""), ("images", """["registry.example.com/payments/a*"]""")),
        .. Of("sbom", Sbom,
            ("formats", """["spdx"]"""), ("signedBy", """["other-scanner"]"""), ("deniedLicenses", """["MIT"]"""), ("deniedPackages", """["openssl"]"""),
            ("requiredFields", """["purl"]""")),
        Sent("provenance", "builders", $"[\"{Provenances.Builder}\"]"),
        Sent("predicate", "type", "\"https://example.com/t\""),
        Sent("sbom", "formats", """["cyclonedx"]"""),
        new("SigningPolicy", "spec.checks[].sbom.binding", Added + ".sbom.binding", "\"asserted\"", Given: With("sbom", """{ "formats": ["cyclonedx"], "source": "submitted" }""")),
        .. Of("baseImage", Base, ("approved", $"[\"{CheckBattery.OtherBase}\"]")),
        .. Of("secrets", Classes, ("maximumCount", "1"), ("whenMissing", "\"accept\""), ("maximumSeverity", "\"CRITICAL\"")),
        .. Of("misconfigurations", Classes, ("maximumCount", "1"), ("whenMissing", "\"accept\""), ("maximumSeverity", "\"CRITICAL\"")),
        .. Of("licenses", Classes, ("maximumCount", "1"), ("whenMissing", "\"accept\""), ("denied", """["Apache-2.0"]""")),
    ];

    /// <summary>Fields of a kind, and first the kind itself, whose absence is another policy.</summary>
    private static Flip[] Of(string kind, string body, params (string Field, string? To)[] fields) =>
    [
        new("SigningPolicy", $"spec.checks[].{kind}", "spec.checks[+]", $$"""{ "name": "added", "{{kind}}": {{body}} }""", """{ "name": "added", "trustedDirectory": { "directories": ["registry.example.com"] } }"""),
        .. fields.Select(field => new Flip("SigningPolicy", $"spec.checks[].{kind}.{field.Field}", $"{Added}.{kind}.{field.Field}", field.To, Given: With(kind, body))),
    ];

    // From signed evidence to the requester's word, with all that has to change with it.
    private static Flip Sent(string kind, string field, string value) => new(
        "SigningPolicy", $"spec.checks[].{kind}.source", $"{Added}.{kind}", $$"""{ "{{field}}": {{value}}, "source": "submitted" }""",
        Given: With(kind, $$"""{ "{{field}}": {{value}}, "source": "attested", "signedBy": ["scanner-service"] }"""));

    private static (string, string?)[] With(string kind, string body) =>
        [("spec.checks[+]", $$"""{ "name": "added", "{{kind}}": {{body}} }""")];

    /// <summary>As <see cref="Objects"/>.</summary>
    public static TheoryData<string, string, string, string?, string?> CheckObjects
    {
        get
        {
            var rows = new TheoryData<string, string, string, string?, string?>();
            foreach (var (kind, body) in new[]
            {
                ("provenance", Provenance), ("predicate", Predicate), ("imageConfig", ImageConfig), ("freshness", "{}"), ("trustedDirectory", Directory),
                ("sbom", Sbom), ("baseImage", Base), ("secrets", "{}"), ("misconfigurations", "{}"), ("licenses", "{}"),
            })
            {
                rows.Add("SigningPolicy", $"spec.checks[].{kind}", $"{Added}.{kind}.", "spec.checks[+]", $$"""{ "name": "added", "{{kind}}": {{body}} }""");
            }

            return rows;
        }
    }
}
