// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Policy.Tests.Testing;

/// <summary>Fixtures are judged by the code that judges in production, and every mismatch says what was expected and found.</summary>
public sealed class PolicyTestRunTests
{
    private const string Image = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Expectation = "expect: { outcome: approved, checks: { no-serious-vulnerabilities: PASS } }";

    private static readonly string Report = $$"""
        { "SchemaVersion": 2, "Trivy": { "Version": "0.58.0" }, "CreatedAt": "2026-11-22T09:00:00Z", "ArtifactType": "container_image",
          "ArtifactName": "registry.example.com/payments/api", "Metadata": { "RepoDigests": ["registry.example.com/payments/api@{{Image}}"],
            "ImageConfig": { "architecture": "amd64", "os": "linux" }, "OS": { "Family": "debian", "Name": "12.8" } },
          "Results": [{ "Target": "debian", "Class": "os-pkgs", "Type": "debian", "Packages": [{ "ID": "a@1", "Name": "a" }] }] }
        """;

    [Fact]
    public void What_is_as_expected_is_met()
    {
        var result = Run(Expectation);

        Assert.True(result.IsMet, string.Join("; ", result.Mismatches) + result.Problem);
        Assert.Equal(Outcome.Approved, result.Decision!.Outcome);
    }

    public static TheoryData<string, string, string, string> Mismatches => new()
    {
        { "expect: { outcome: refused, checks: { no-serious-vulnerabilities: FAIL CVE_BLOCKED } }", "outcome", "refused", "approved" },
        {
            "expect: { outcome: refused, checks: { no-serious-vulnerabilities: FAIL CVE_BLOCKED } }",
            "check no-serious-vulnerabilities", "FAIL CVE_BLOCKED", "PASS: no findings"
        },
        { "expect: { outcome: approved, checks: { nothing: PASS } }", "check nothing", "PASS", "no such check; there are reports, coverage, freshness, no-serious-vulnerabilities" },
        { "expect: { outcome: approved, policy: web }", "policy", "web", "payments" },
        { "expect: { outcome: approved, mode: observe }", "mode", "observe", "enforce" },
        { "expect: { outcome: approved, signs: { attestor: qa } }", "signs.attestor", "qa", "release" },
        { "expect: { outcome: approved, signs: { signature: false } }", "signs.signature", "false", "true" },
        { "expect: { outcome: approved, signs: { reports: false } }", "signs.reports", "false", "true" },
        { "expect: { outcome: approved, signs: { sboms: true } }", "signs.sboms", "true", "false" },
        { "expect: { outcome: approved, signs: { vsa: false } }", "signs.vsa", "false", "true" },
        { "expect: { outcome: approved, signs: { layouts: [bundle] } }", "signs.layouts", "bundle", "bundle, tag" },
        { "expect: { outcome: approved, signs: { validUntil: 2026-12-01T00:00:00Z } }", "signs.validUntil", "2026-12-01T00:00:00Z", "2026-12-22T10:00:00Z" },
        { "time: 2026-11-24T10:00:00Z\n      expect: { outcome: refused, checks: { reports: FAIL EVIDENCE_MISSING } }", "check freshness", "PASS, as of every check that is not named", "FAIL REPORT_STALE" },
    };

    [Theory, MemberData(nameof(Mismatches))]
    public void Says_what_was_expected_and_found(string expectation, string what, string expected, string found)
    {
        var result = Run(expectation);

        Assert.False(result.IsMet);
        var mismatch = Assert.Single(result.Mismatches, mismatch => mismatch.What == what);
        Assert.Equal(expected, mismatch.Expected);
        Assert.StartsWith(found, mismatch.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_no_policy_covers_is_refused_as_such()
    {
        var result = Run("requester: { issuer: https://other.example.com }\n      expect: { outcome: refused, checks: { policy: FAIL NOT_AUTHORISED } }");

        Assert.True(result.IsMet, string.Join("; ", result.Mismatches));
    }

    [Fact]
    public void A_report_of_another_image_is_refused_as_in_production()
    {
        var result = Run(
            "expect: { outcome: refused, checks: { evidence: FAIL REPORT_SUBJECT_MISMATCH, reports: FAIL EVIDENCE_MISSING, no-serious-vulnerabilities: FAIL EVIDENCE_MISSING } }",
            Report.Replace("1111", "2222", StringComparison.Ordinal));

        Assert.True(result.IsMet, string.Join("; ", result.Mismatches));
    }

    [Theory]
    [InlineData("bom", "outcome: approved, checks: { parts: PASS }")]
    [InlineData("other", "outcome: refused, checks: { evidence: FAIL DOCUMENT_SUBJECT_MISMATCH, parts: FAIL SBOM_MISSING }")]
    public void Documents_of_a_request_are_read_and_bound_as_in_production(string file, string expected)
    {
        var policies = PolicyText.LoadSigning(
            ("spec.checks[+]", System.Text.Json.Nodes.JsonNode.Parse("""{ "name": "parts", "sbom": { "formats": ["cyclonedx"], "source": "submitted" } }""")));
        var files = Files(Report);
        files["bom"] = Encoding.UTF8.GetBytes(SubmittedDocumentText.SbomOf(Model.Digest.Parse(Image)));
        files["other"] = Encoding.UTF8.GetBytes(SubmittedDocumentText.SbomOf(Evidence.DigestOf("other")));

        var result = Assert.Single(PolicyTestRun.Run(Read($"documents: [{{ part: sbom, file: {file} }}]\n      expect: {{ {expected} }}"), policies, files));

        Assert.True(result.IsMet, string.Join("; ", result.Mismatches) + result.Problem);
    }

    [Fact]
    public void An_attestor_that_the_policies_do_not_have_is_a_problem_of_the_fixture()
    {
        var result = Run("reports: [{ file: trivy.json, source: attested, attestor: relase }]\n      " + Expectation);

        Assert.False(result.IsMet);
        Assert.Contains("there is no attestor relase; did you mean release?", result.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_of_a_fixture_says_that_it_is_one()
    {
        var test = Read(Expectation);
        var keys = new StandInKeys(Policies);
        var files = Files(Report);

        Assert.Equal(EvidenceOrigin.Fixture, new TestEvidence(keys, test.Cases[0].Facts, files).ForSigning(Policies.SigningPolicies[0]).Origin);
        Assert.Equal(EvidenceOrigin.Fixture, new TestEvidence(keys, test.Cases[0].Facts, files).ForAdmission().Origin);
    }

    [Fact]
    public void Stand_in_keys_are_none_of_the_policies_own()
    {
        var keys = new StandInKeys(Policies);

        Assert.Equal(Policies.Keys.Count, keys.Policies.Keys.Count);
        Assert.Empty(Policies.Keys.Intersect(keys.Policies.Keys));
        Assert.Equal(Policies.Revision, keys.Policies.Revision);
    }

    private static PolicySet Policies { get; } = PolicyText.LoadSigning();

    private static PolicyTest Read(string expectation)
    {
        var text = PolicyTestReaderTests.Fixture.Replace(Expectation, expectation, StringComparison.Ordinal);
        var read = PolicyTest.Read(new PolicyFile("fixture.yaml", Encoding.UTF8.GetBytes(text)));
        Assert.True(read.Test is not null, string.Join('\n', read.Problems));
        return read.Test;
    }

    private static PolicyTestResult Run(string expectation, string? report = null) =>
        Assert.Single(PolicyTestRun.Run(Read(expectation), Policies, Files(report ?? Report)));

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(string report) =>
        new(StringComparer.Ordinal) { ["trivy.json"] = Encoding.UTF8.GetBytes(report) };
}
