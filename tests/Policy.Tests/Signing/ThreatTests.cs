// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Signing;

/// <summary>Exploited, probably exploited and malicious: what no severity tells.</summary>
public sealed class ThreatTests
{
    private const string Name = "no-serious-vulnerabilities";
    private const string Log4Shell = "CVE-2021-44228";

    private static readonly PolicySet Kev = Policy(("knownExploited", "deny"));

    private static readonly PolicySet Epss = Policy(("epss", JsonNode.Parse("""{ "maximum": 0.5, "whenMissing": "accept" }""")));

    /// <summary>Why it is known to be exploited: by the catalogue, by an alias there, or by the report.</summary>
    public static TheoryData<string, string, string, bool, bool> Exploited => new()
    {
        { "listed", Log4Shell, "GHSA-jfh8-c2jp-5v3q", false, true },
        { "listed by alias", "GHSA-jfh8-c2jp-5v3q", Log4Shell, false, true },
        { "listed in other letters", "cve-2021-44228", "GHSA-jfh8-c2jp-5v3q", false, true },
        { "told by the report alone", "CVE-2026-7", "GHSA-aaaa-bbbb-cccc", true, true },
        { "neither", "CVE-2026-7", "GHSA-aaaa-bbbb-cccc", false, false },
    };

    [Theory, MemberData(nameof(Exploited))]
    public void What_is_known_to_be_exploited_is_refused_at_any_severity(string because, string id, string alias, bool told, bool refused)
    {
        var finding = Finding(id, Severity.Negligible, aliases: alias) with { IsKnownExploited = told };

        var check = Judge(Kev, finding);

        Assert.True(refused == (check.Reason == ReasonCode.KnownExploited), because);
        Assert.Equal(Verdict.Pass, Judge(PolicyText.LoadSigning(), finding).Verdict);
        Assert.Equal(Verdict.Pass, Judge(Policy(("knownExploited", "allow")), finding).Verdict);
    }

    [Fact]
    public void A_refusal_names_the_vulnerability_and_the_catalogue_by_date_and_digest()
    {
        var evaluation = Evaluate(Kev, Set(Scan(Finding(Log4Shell, Severity.Low))) with { ThreatData = Threats });
        var check = evaluation.Check(Name);

        Assert.Equal("1 known exploited finding; known exploited as of 2026-11-20T10:00:00Z", check.Message);
        Assert.Equal(("no vulnerability that is known to be exploited", Log4Shell), (check.Expected, check.Actual));
        Assert.Equal("known exploited", Assert.Single(check.Findings!.First).Note);
        Assert.Contains(Threats.KnownExploited!.Digest, check.Evidence);
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "known-exploited");
        Assert.Equal((Threats.KnownExploited.Digest, true, Threats.KnownExploited.Released), (line.Digest, line.Used, line.Time));
        Assert.Equal("catalogue 2026.11.20 of 1 vulnerabilities", line.Producer);
    }

    [Fact]
    public void A_pass_tells_the_catalogue_too()
    {
        var check = Judge(Kev, Finding("CVE-2026-7", Severity.Low));

        Assert.EndsWith("; known exploited as of 2026-11-20T10:00:00Z", check.Message, StringComparison.Ordinal);
        Assert.Contains(Threats.KnownExploited!.Digest, check.Evidence);
    }

    [Theory]
    [InlineData("knownExploited", "\"deny\"", "the catalogue of known exploited vulnerabilities is not configured")]
    [InlineData("epss", """{ "maximum": 0.5, "whenMissing": "accept" }""", "the file of EPSS scores is not configured")]
    public void Without_its_data_a_check_is_an_error_and_never_a_pass(string field, string rule, string message)
    {
        var set = Policy((field, JsonNode.Parse(rule)));

        var evaluation = Evaluate(set, Set(Scan()));

        Assert.Equal((Verdict.Error, ReasonCode.ThreatDataMissing), (evaluation.Check(Name).Verdict, evaluation.Check(Name).Reason));
        Assert.Equal((message, "none"), (evaluation.Check(Name).Message, evaluation.Check(Name).Actual));
        Assert.Equal(Outcome.Error, evaluation.Outcome());
        Assert.Equal(Outcome.Refused, Evaluate(set, Set(Scan(Finding("CVE-2026-1", Severity.Critical)))).Outcome());
    }

    /// <summary>Age of the snapshots in hours, and whether they count with a limit of a day.</summary>
    public static TheoryData<double, bool> Ages => new() { { 1, true }, { 24, true }, { 24.001, false }, { 480, false }, { -0.05, true }, { -0.1, false } };

    [Theory, MemberData(nameof(Ages))]
    public void Data_that_is_too_old_or_from_the_future_is_an_error(double hours, bool counts)
    {
        var made = Now.AddHours(-hours);
        var set = Policy(
            ("knownExploited", JsonNode.Parse("""{ "action": "deny", "maximumAge": "24h" }""")),
            ("epss", JsonNode.Parse("""{ "maximum": 0.5, "whenMissing": "accept", "maximumAge": "24h" }""")));
        var data = new ThreatData { KnownExploited = Catalog(made, Log4Shell), Epss = Scores(made, (Log4Shell, 0.9)) };

        var check = Evaluate(set, Set(Scan()) with { ThreatData = data }).Check(Name);

        Assert.Equal(counts ? (Verdict.Pass, null) : (Verdict.Error, ReasonCode.ThreatDataStale), (check.Verdict, check.Reason));
        if (!counts)
        {
            Assert.StartsWith("the catalogue of known exploited vulnerabilities is ", check.Message, StringComparison.Ordinal);
            Assert.Contains("; the file of EPSS scores is ", check.Message, StringComparison.Ordinal);
            Assert.StartsWith("the catalogue of known exploited vulnerabilities at most 1d old, ", check.Expected, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_a_limit_of_their_own_snapshots_may_have_the_age_that_is_written_down()
    {
        var set = Policy(("knownExploited", "deny"), ("epss", JsonNode.Parse("""{ "maximum": 0.5 }""")));
        CheckResult At(int kev, int epss) => Evaluate(set, Set(Scan()) with
        {
            ThreatData = new ThreatData { KnownExploited = Catalog(Now.AddDays(-kev), Log4Shell), Epss = Scores(Now.AddDays(-epss), (Log4Shell, 1)) },
        }).Check(Name);

        Assert.Equal(Verdict.Pass, At(30, 7).Verdict);
        Assert.StartsWith("the catalogue of known exploited vulnerabilities is 31d old", At(31, 7).Message, StringComparison.Ordinal);
        Assert.StartsWith("the file of EPSS scores is 8d old", At(30, 8).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_old_catalogue_lists_is_refused_all_the_same()
    {
        var data = new ThreatData { KnownExploited = Catalog(Now.AddDays(-90), Log4Shell) };

        var check = Evaluate(Kev, Set(Scan(Finding(Log4Shell, Severity.Low))) with { ThreatData = data }).Check(Name);

        Assert.Equal((Verdict.Fail, ReasonCode.KnownExploited), (check.Verdict, check.Reason));
        Assert.Contains("is 90d old", check.Message, StringComparison.Ordinal);
    }

    /// <summary>An exception for Log4Shell and whether it waives it although it is exploited.</summary>
    public static TheoryData<string, string, bool> Exceptions => new()
    {
        { "says nothing of it", "", false },
        { "says no", ", \"knownExploited\": false", false },
        { "says so", ", \"knownExploited\": true", true },
        { "says so, and ended", ", \"knownExploited\": true, \"until\": \"2026-11-21\"", false },
        { "says so, and has not begun", ", \"knownExploited\": true, \"notBefore\": \"2026-11-23\"", false },
        { "says so, for another package", ", \"knownExploited\": true, \"package\": \"zlib1g\"", false },
    };

    [Theory, MemberData(nameof(Exceptions))]
    public void Only_an_exception_that_says_so_waives_what_is_exploited(string because, string more, bool waived)
    {
        var exception = JsonNode.Parse($$"""{ "id": "{{Log4Shell}}"{{more}}, "owner": "platform", "reason": "r"{{(more.Contains("until", StringComparison.Ordinal) ? "" : ", \"until\": \"2027-01-31\"")}} }""")!;
        var set = Policy(("knownExploited", "deny"), ("exceptions", new JsonArray(exception)));

        var check = Judge(set, Finding(Log4Shell, Severity.Critical));

        Assert.True(waived == (check.Verdict == Verdict.Pass), because);
        if (because.StartsWith("says nothing", StringComparison.Ordinal))
            Assert.EndsWith("; the exception for CVE-2021-44228 of platform does not say knownExploited: true", check.Remedy, StringComparison.Ordinal);
    }

    /// <summary>The score in the report, the score in the file, whether 0.5 is exceeded.</summary>
    public static TheoryData<double?, double?, bool> EpssScores => new()
    {
        { null, 0.5, false }, { null, 0.50001, true }, { 0.7, 0.1, true }, { 0.1, 0.7, true }, { 0.5, 0.1, false }, { 0.9, null, true }, { null, null, false },
    };

    [Theory, MemberData(nameof(EpssScores))]
    public void The_highest_score_that_anybody_gives_counts(double? report, double? file, bool refused)
    {
        var data = new ThreatData { Epss = Scores(Now, ("CVE-2026-1", file ?? 0), ("CVE-1999-0001", 0)) };
        var finding = Finding(file is null ? "CVE-2026-2" : "CVE-2026-1", Severity.Negligible) with { Epss = report };

        var check = Evaluate(Epss, Set(Scan(finding)) with { ThreatData = data }).Check(Name);

        Assert.Equal(refused ? ReasonCode.EpssOverLimit : null, check.Reason);
    }

    [Fact]
    public void A_refusal_by_score_tells_the_score_and_its_day()
    {
        var check = Judge(Epss, Finding("GHSA-jfh8-c2jp-5v3q", Severity.Low, aliases: Log4Shell));

        Assert.Equal("1 finding above EPSS 0.5; EPSS of 2026-11-20T10:00:00Z", check.Message);
        Assert.Equal(("at most EPSS 0.5", "EPSS 0.94"), (check.Expected, check.Actual));
        Assert.Equal("EPSS 0.94", Assert.Single(check.Findings!.First).Note);
        Assert.Contains(Threats.Epss!.Digest, check.Evidence);
    }

    [Fact]
    public void A_missing_score_is_refused_unless_the_policy_accepts_it()
    {
        var check = Judge(Policy(("epss", JsonNode.Parse("""{ "maximum": 0.5 }"""))), Finding("GHSA-aaaa-bbbb-cccc", Severity.Low));

        Assert.Equal((ReasonCode.EpssOverLimit, "no EPSS score"), (check.Reason, check.Actual));
        Assert.StartsWith("1 finding above EPSS 0.5 or without a score", check.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, Judge(Epss, Finding("GHSA-aaaa-bbbb-cccc", Severity.Low)).Verdict);
    }

    [Fact]
    public void A_malicious_package_is_critical_whatever_is_said_of_it()
    {
        var set = Policy(("maximumFixableSeverity", "HIGH"), ("maximumUnfixableSeverity", "HIGH"), ("unknownSeverity", "LOW"));

        Assert.Equal("CRITICAL", Assert.Single(Judge(set, Finding("MAL-2026-1", Severity.Unknown, fixedVersion: null)).Findings!.First).Severity);
        Assert.Equal("CRITICAL", Assert.Single(Judge(set, Finding("GHSA-aaaa-bbbb-cccc", Severity.Low, aliases: "MAL-2026-1")).Findings!.First).Severity);
    }

    [Theory]
    [InlineData("MAL-2026-1", true)]
    [InlineData("GHSA-aaaa-bbbb-cccc", false)]
    [InlineData("CVE-2026-1", false)]
    public void A_malicious_package_is_waived_by_its_own_name_alone(string id, bool waived)
    {
        var exception = JsonNode.Parse($$"""{ "id": "{{id}}", "until": "2027-01-31", "owner": "a", "reason": "b" }""");

        var check = Judge(
            Policy(("exceptions", new JsonArray(exception))), Finding("GHSA-aaaa-bbbb-cccc", Severity.Low, fixedVersion: null, aliases: ["MAL-2026-1", "CVE-2026-1"]));

        Assert.Equal(waived, check.Verdict == Verdict.Pass);
    }

    [Fact]
    public void An_advisory_of_several_vulnerabilities_is_not_waived_by_one_of_them()
    {
        var exception = JsonNode.Parse("""{ "id": "CVE-2026-1", "until": "2027-01-31", "owner": "a", "reason": "b" }""");
        var set = Policy(("exceptions", new JsonArray(exception)));

        Assert.Equal(Verdict.Pass, Judge(set, Finding("RHSA-2026-1", Severity.High, aliases: "CVE-2026-1")).Verdict);
        Assert.Equal(Verdict.Fail, Judge(set, Finding("RHSA-2026-1", Severity.High, aliases: ["CVE-2026-1", "CVE-2026-2"])).Verdict);
    }

    private static CheckResult Judge(PolicySet set, params Finding[] findings) =>
        Evaluate(set, Set(Scan(findings)) with { ThreatData = Threats }).Check(Name);

    private static PolicySet Policy(params (string Field, JsonNode? Value)[] changes) =>
        PolicyText.LoadSigning([.. changes.Select(change => ($"spec.checks[0].vulnerabilities.{change.Field}", change.Value))]);
}
