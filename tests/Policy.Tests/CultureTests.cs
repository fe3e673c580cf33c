// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Testing;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>Policies are read and images judged the same wherever that happens.</summary>
public sealed class CultureTests
{
    public static TheoryData<string> Cultures => [.. HostileCulture.Names];

    [Theory, MemberData(nameof(Cultures))]
    public void A_decision_has_the_same_bytes_in_every_culture(string culture)
    {
        var evidence = Submission.Of(Submission.Trivy(
            Submission.Row("CVE-2026-1", "critical").With("CVSS", """{"nvd":{"V3Score":9.8}}"""), Submission.Row("ghsa-iiii-iiii-iiii", "HIGH"),
            Submission.Row("CVE-2021-44228", "low"))) with
        { ThreatData = Threats };
        var expected = Decide(evidence);

        using (HostileCulture.Enter(culture))
            Assert.Equal(expected, Decide(evidence));
        Assert.Contains("EPSS 0.94", expected.Refusal, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Cultures))]
    public void An_age_is_told_the_same_in_every_culture(string culture)
    {
        var evidence = Submission.Of(Submission.Trivy().With("CreatedAt", "\"2026-11-19T10:00:00Z\""));
        var expected = Decide(evidence);

        using (HostileCulture.Enter(culture))
            Assert.Equal(expected, Decide(evidence));
        Assert.Contains("2026-11-19T10:00:00Z", expected.Refusal, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Cultures))]
    public void An_admission_is_told_the_same_in_every_culture(string culture)
    {
        (string, string) Admitted()
        {
            var set = PolicyText.LoadAdmission();
            return (set.AdmissionPolicies[0].Revision.ToString(), Admit(set, Set() with { Statements = [Old] }).Text(DecisionKind.Admission));
        }

        var expected = Admitted();

        using (HostileCulture.Enter(culture))
            Assert.Equal(expected, Admitted());
        Assert.Contains("APPROVAL_EXPIRED", expected.Item2, StringComparison.Ordinal);
    }

    private static StoredStatement Old { get; } = Approval(change: summary => summary with { TimeVerified = Now.AddDays(-99) });

    // Loaded anew each time: that is where numbers and times of a policy are read.
    private static (string Revision, string Refusal) Decide(EvidenceSet evidence)
    {
        var set = PolicyText.LoadSigning(
            ("spec.checks[0].vulnerabilities.epss", JsonNode.Parse("""{ "maximum": 0.5, "whenMissing": "accept", "maximumAge": "7d" }""")),
            ("spec.checks[0].vulnerabilities.maxCount", JsonNode.Parse("""{ "LOW": 1 }""")),
            ("spec.checks[0].vulnerabilities.exceptions", JsonNode.Parse(
                """[{ "id": "GHSA-iiii-iiii-iiii", "package": "pkg:deb/debian/openssl", "versions": "<3.0.20", "until": "2027-01-31", "owner": "a", "reason": "b" }]""")));
        return (set.SigningPolicies[0].Revision.ToString(), Evaluate(set, evidence).Text());
    }
}
