// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Policy.Tests.Testing;

/// <summary>What a fixture can put before policies is selected, bound and believed as it would be beside a real image.</summary>
public sealed class FixtureEvidenceTests
{
    private const string Image = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Base = "registry.example.com/base/debian@sha256:5555555555555555555555555555555555555555555555555555555555555555";
    private const string Approved = "expect: { outcome: approved }";
    private const string Vulnerable =
        """[{ "VulnerabilityID": "CVE-2026-0001", "PkgID": "a@1", "PkgName": "a", "InstalledVersion": "1", "FixedVersion": "2", "Severity": "HIGH" }]""";

    private const string Vex = """
        { "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://vendor.example.com/vex/1", "author": "Vendor", "version": 1,
          "timestamp": "2026-11-21T10:00:00Z",
          "statements": [{ "vulnerability": { "name": "CVE-2026-0001" }, "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
            "products": [{ "@id": "pkg:oci/api@sha256%3A1111111111111111111111111111111111111111111111111111111111111111?repository_url=registry.example.com/payments/api" }] }] }
        """;

    private static readonly PolicySet WithVex = PolicyText.LoadSigning(("spec.evidence.vex", JsonNode.Parse(
        """[{ "signedBy": ["scanner-service"], "products": ["pkg:oci/*"], "statuses": ["not_affected"], "maximumAge": "30d" }]""")));

    private static readonly PolicySet Attested = PolicyText.LoadSigning(("spec.evidence.scanners", JsonNode.Parse(
        """[{ "name": "trivy", "source": "attested", "signedBy": ["scanner-service"] }]""")));

    private static readonly PolicySet WithBase = PolicyText.LoadSigning(("spec.checks[+]", JsonNode.Parse(
        $$"""{ "name": "known-base", "baseImage": { "approved": ["{{Base}}"] } }""")));

    [Fact]
    public void Vex_of_a_named_signer_sets_a_finding_aside()
    {
        Met(WithVex, Attest("attestor: scanner-service", Approved), Report("2026-11-22T09:00:00Z", Vulnerable));
    }

    [Fact]
    public void Vex_of_a_stranger_lies_beside_the_image_unread()
    {
        const string Refused = "expect: { outcome: refused, checks: { no-serious-vulnerabilities: FAIL FINDING_OVER_LIMIT } }";

        Met(WithVex, Attest("stranger: true", Refused), Report("2026-11-22T09:00:00Z", Vulnerable));
    }

    [Theory]
    [InlineData("2026-11-22T09:30:00Z", true)]
    [InlineData("2026-11-22T08:30:00Z", false)]
    public void Of_attested_reports_only_the_newest_counts(string clean, bool isApproved)
    {
        var expected = isApproved
            ? Approved
            : "expect: { outcome: refused, checks: { no-serious-vulnerabilities: FAIL FINDING_OVER_LIMIT } }";
        var reports = "reports: [{ file: trivy.json, source: attested, attestor: scanner-service }, { file: clean.json, source: attested, attestor: scanner-service }]";

        Met(Attested, $"{reports}\n      {expected}", Report("2026-11-22T09:00:00Z", Vulnerable), ("clean.json", Report(clean, "[]")));
    }

    [Fact]
    public void A_base_image_is_known_by_its_layers()
    {
        const string Layer = "sha256:6666666666666666666666666666666666666666666666666666666666666666";
        const string Other = "sha256:7777777777777777777777777777777777777777777777777777777777777777";
        const string NotApproved = "expect: { outcome: refused, checks: { known-base: FAIL BASE_IMAGE_NOT_APPROVED } }";

        Met(WithBase, OnBase(Layer, Approved), Report("2026-11-22T09:00:00Z", "[]"));
        Met(WithBase, OnBase(Other, NotApproved), Report("2026-11-22T09:00:00Z", "[]"));
    }

    [Fact]
    public void A_base_image_that_the_fixture_leaves_out_could_not_be_had()
    {
        Met(
            WithBase,
            Built("expect: { outcome: error, checks: { known-base: ERROR EVIDENCE_UNREACHABLE } }"),
            Report("2026-11-22T09:00:00Z", "[]"));
    }

    [Fact]
    public void A_base_image_without_platforms_has_no_layers_and_is_no_base_image()
    {
        var read = Read($"baseImages: [{{ name: \"{Base}\" }}]\n      {Approved}");

        Assert.Contains(read.Problems, problem => problem.Message.Contains("a base image needs platforms", StringComparison.Ordinal));
    }

    private static string Attest(string signer, string expectation) =>
        $"attestations: [{{ type: \"https://openvex.dev/ns\", predicate: vex.json, {signer} }}]\n      {expectation}";

    private static string Built(string expectation) => $$"""
        image:
                name: registry.example.com/payments/api@{{Image}}
                platforms:
                  - platform: linux/amd64
                    configuration: { layers: [sha256:6666666666666666666666666666666666666666666666666666666666666666, sha256:8888888888888888888888888888888888888888888888888888888888888888] }
              {{expectation}}
        """;

    private static string OnBase(string layer, string expectation) =>
        Built($"baseImages: [{{ name: \"{Base}\", platforms: [{{ platform: linux/amd64, configuration: {{ layers: [{layer}] }} }}] }}]\n      {expectation}");

    private static void Met(PolicySet policies, string expectation, string report, params (string Name, string Text)[] others)
    {
        var read = Read(expectation);
        Assert.True(read.Test is not null, string.Join('\n', read.Problems));
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            ["trivy.json"] = Encoding.UTF8.GetBytes(report),
            ["vex.json"] = Encoding.UTF8.GetBytes(Vex),
        };
        foreach (var (name, text) in others)
            files.Add(name, Encoding.UTF8.GetBytes(text));

        var result = Assert.Single(PolicyTestRun.Run(read.Test, policies, files));
        Assert.True(result.IsMet, string.Join("; ", result.Mismatches) + result.Problem);
    }

    private static PolicyTestReadResult Read(string expectation) => PolicyTest.Read(new PolicyFile(
        "fixture.yaml",
        Encoding.UTF8.GetBytes(PolicyTestReaderTests.Fixture.Replace(
            "expect: { outcome: approved, checks: { no-serious-vulnerabilities: PASS } }", expectation, StringComparison.Ordinal))));

    private static string Report(string time, string findings) => $$"""
        { "SchemaVersion": 2, "Trivy": { "Version": "0.58.0" }, "CreatedAt": "{{time}}", "ArtifactType": "container_image",
          "ArtifactName": "registry.example.com/payments/api", "Metadata": { "RepoDigests": ["registry.example.com/payments/api@{{Image}}"],
            "ImageConfig": { "architecture": "amd64", "os": "linux" }, "OS": { "Family": "debian", "Name": "12.8" } },
          "Results": [{ "Target": "debian", "Class": "os-pkgs", "Type": "debian", "Packages": [{ "ID": "a@1", "Name": "a" }],
            "Vulnerabilities": {{findings}} }] }
        """;
}
