// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>Where severities come from, how many are accepted, and how long a fix may be ignored.</summary>
public sealed class SeverityTests
{
    private const string Name = "no-serious-vulnerabilities";

    /// <summary>Source, the scanner's word, the score, and what the finding counts as where unknown is MEDIUM.</summary>
    public static TheoryData<string, Severity, double?, string> Sources => new()
    {
        { "label", Severity.Low, 9.8, "LOW" },
        { "label", Severity.Unknown, 9.8, "MEDIUM" },
        { "cvss", Severity.Low, 9.8, "CRITICAL" },
        { "cvss", Severity.Critical, 0.1, "LOW" },
        { "cvss", Severity.Critical, 3.9, "LOW" },
        { "cvss", Severity.Critical, 4.0, "MEDIUM" },
        { "cvss", Severity.Critical, 6.9, "MEDIUM" },
        { "cvss", Severity.Critical, 7.0, "HIGH" },
        { "cvss", Severity.Critical, 8.9, "HIGH" },
        { "cvss", Severity.Low, 9.0, "CRITICAL" },
        { "cvss", Severity.Low, 10.0, "CRITICAL" },
        { "cvss", Severity.Low, 0.0, "MEDIUM" },
        { "cvss", Severity.Low, double.NaN, "MEDIUM" },
        { "cvss", Severity.Low, 99.0, "MEDIUM" },
        { "cvss", Severity.Critical, null, "MEDIUM" },
        { "highest", Severity.Low, 9.8, "CRITICAL" },
        { "highest", Severity.Critical, 3.0, "CRITICAL" },
        { "highest", Severity.Unknown, 3.0, "MEDIUM" },
        { "highest", Severity.Unknown, 9.0, "CRITICAL" },
        { "highest", Severity.Low, null, "LOW" },
    };

    [Theory, MemberData(nameof(Sources))]
    public void The_policy_says_what_tells_the_severity(string source, Severity label, double? score, string counts)
    {
        var set = Policy(
            ("severityFrom", source), ("unknownSeverity", "MEDIUM"), ("maximumFixableSeverity", "BLOCK_ALL"), ("maximumUnfixableSeverity", "BLOCK_ALL"));

        var finding = Finding("CVE-2026-1", label) with { Cvss = score is { } known ? new CvssScore(known, null) : null };

        Assert.Equal(counts, Assert.Single(Judge(set, finding).Findings!.First).Severity);
    }

    /// <summary>Why, days since the fix, severity, whether it passes with seven days of grace.</summary>
    public static TheoryData<string, double?, Severity, bool> Fixes => new()
    {
        { "just out", 0, Severity.Medium, true },
        { "almost a week", 6.999, Severity.Medium, true },
        { "a week", 7, Severity.Medium, false },
        { "from the future, which counts as missing", -0.001, Severity.Medium, false },
        { "of unknown date", null, Severity.Medium, false },
        { "fresh, but worse than is accepted without a fix", 0, Severity.High, false },
    };

    [Theory, MemberData(nameof(Fixes))]
    public void A_fix_that_is_young_is_not_asked_for_yet(string because, double? days, Severity severity, bool passes)
    {
        var finding = Finding("CVE-2026-1", severity) with { FixedSince = days is { } known ? Now.AddDays(-known) : null };

        var check = Judge(Policy(("fixableGracePeriod", "7d")), finding);

        Assert.True(passes == (check.Verdict == Verdict.Pass), because);
        Assert.Equal(Verdict.Fail, Judge(PolicyText.LoadSigning(), finding).Verdict);
        if (passes)
            Assert.EndsWith("; 1 finding whose fix is younger than 7d: CVE-2026-1", check.Message, StringComparison.Ordinal);
        else
            Assert.Equal(ReasonCode.FindingOverLimit, check.Reason);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(-1.0, true)]
    [InlineData(8.0, false)]
    public void A_policy_may_let_fixes_of_unknown_date_pass(double? days, bool passes)
    {
        var set = Policy(("fixableGracePeriod", JsonNode.Parse("""{ "limit": "7d", "whenMissing": "accept" }""")));
        var finding = Finding("CVE-2026-1", Severity.Medium) with { FixedSince = days is { } known ? Now.AddDays(-known) : null };

        Assert.Equal(passes, Judge(set, finding).Verdict == Verdict.Pass);
        Assert.Equal(Verdict.Fail, Judge(set, finding with { Severity = Severity.High }).Verdict);
    }

    [Fact]
    public void A_fix_that_one_scanner_knows_to_be_old_is_old()
    {
        var set = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")),
            ("spec.checks[0].vulnerabilities.fixableGracePeriod", JsonNode.Parse("""{ "limit": "7d", "whenMissing": "accept" }""")));
        var finding = Finding("CVE-2026-1", Severity.Medium);

        Assert.Equal(Outcome.Refused, Evaluate(set, Set(Scan(finding), Scan("grype", "0.90", finding with { FixedSince = Now.AddDays(-8) }))).Outcome());
        Assert.Equal(Outcome.Approved, Evaluate(set, Set(Scan(finding), Scan("grype", "0.90", finding with { FixedSince = Now.AddDays(-2) }))).Outcome());
    }

    [Fact]
    public void Grace_does_not_hide_what_is_likely_to_be_exploited()
    {
        var set = Policy(("fixableGracePeriod", "7d"), ("epss", JsonNode.Parse("""{ "maximum": 0.5 }""")));
        var finding = Finding("CVE-2021-44228", Severity.Medium) with { FixedSince = Now };

        Assert.Equal(ReasonCode.EpssOverLimit, Evaluate(set, Set(Scan(finding)) with { ThreatData = Threats }).Check(Name).Reason);
    }

    /// <summary>Findings of MEDIUM, of HIGH, and whether two of MEDIUM and none of HIGH are accepted.</summary>
    public static TheoryData<int, int, bool> Numbers => new() { { 0, 0, false }, { 2, 0, false }, { 3, 0, true }, { 0, 1, true }, { 1, 1, true } };

    [Theory, MemberData(nameof(Numbers))]
    public void Findings_of_a_severity_and_worse_are_counted_together(int medium, int high, bool refused)
    {
        var set = Policy(
            ("maximumFixableSeverity", "CRITICAL"), ("maximumUnfixableSeverity", "CRITICAL"), ("maxCount", JsonNode.Parse("""{ "MEDIUM": 2, "HIGH": 0 }""")));
        Finding[] findings =
        [
            .. Enumerable.Range(0, medium).Select(i => Finding($"CVE-2026-{i}", Severity.Medium)),
            .. Enumerable.Range(10, high).Select(i => Finding($"CVE-2026-{i}", Severity.High)),
        ];

        var check = Judge(set, findings);

        Assert.Equal(refused ? ReasonCode.FindingCountOverLimit : null, check.Reason);
        if (medium == 3)
        {
            Assert.Equal("3 findings of MEDIUM or worse", check.Message);
            Assert.Equal(("at most 2 of MEDIUM or worse", "3"), (check.Expected, check.Actual));
        }
    }

    [Fact]
    public void One_vulnerability_counts_once_and_a_waived_one_not_at_all()
    {
        var exception = JsonNode.Parse("""{ "id": "CVE-2026-2", "until": "2027-01-31", "owner": "a", "reason": "b" }""");
        var set = PolicyText.LoadSigning(
            ("spec.evidence.scanners[+]", JsonNode.Parse("""{ "name": "grype", "source": "submitted" }""")),
            ("spec.checks[0].vulnerabilities.maximumFixableSeverity", "MEDIUM"),
            ("spec.checks[0].vulnerabilities.maxCount", JsonNode.Parse("""{ "LOW": 1 }""")), ("spec.checks[0].vulnerabilities.exceptions", new JsonArray(exception)));
        var same = Scan("grype", "0.90", Finding("GHSA-aaaa-bbbb-cccc", Severity.Medium, aliases: "CVE-2026-1"));

        Assert.Equal(Outcome.Approved, Evaluate(set, Set(Scan(Finding("CVE-2026-1", Severity.Low), Finding("CVE-2026-2", Severity.High)), same)).Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(set, Set(Scan(Finding("CVE-2026-3", Severity.Low)), same)).Outcome());
    }

    private static CheckResult Judge(PolicySet set, params Finding[] findings) => Evaluate(set, Set(Scan(findings))).Check(Name);

    private static PolicySet Policy(params (string Field, JsonNode? Value)[] changes) =>
        PolicyText.LoadSigning([.. changes.Select(change => ($"spec.checks[0].vulnerabilities.{change.Field}", change.Value))]);
}
