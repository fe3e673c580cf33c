// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Scores, exploitation and the age of fixes, and the findings that are no vulnerabilities.</summary>
public sealed class RiskTests
{
    [Fact]
    public void Trivys_highest_score_counts_whoever_gives_it()
    {
        var finding = Fixture.Accept("trivy.json", root => root.TrivyRow()["CVSS"] = JsonNode.Parse(
            """{"redhat":{"V3Score":7.5,"V3Vector":"R"},"nvd":{"V2Vector":"A","V3Vector":"B","V40Vector":"C","V2Score":5,"V3Score":9.1,"V40Score":8.7}}""")).Findings[0];

        Assert.Equal(new CvssScore(9.1, "B"), finding.Cvss);
        Assert.Null(Fixture.Accept("trivy.json").Findings[1].Cvss);
    }

    [Fact]
    public void Grype_tells_score_exploitation_probability_and_the_age_of_the_fix()
    {
        var finding = Fixture.Accept("grype.json", root =>
        {
            var vulnerability = root.GrypeRow()["vulnerability"]!;
            vulnerability["cvss"] = JsonNode.Parse("""[{"vector":"A","metrics":{"baseScore":5}},{"metrics":{"baseScore":9.8},"vector":"B"}]""");
            vulnerability["knownExploited"] = JsonNode.Parse("""[{"cve":"CVE-2026-0001"}]""");
            vulnerability["epss"] = JsonNode.Parse("""[{"epss":0.1},{"epss":0.9}]""");
            vulnerability["fix"]!["available"] = JsonNode.Parse("""[{"date":"2026-06-01"},{"date":"2026-05-01"},{"date":"0001-01-01"}]""");
        }).Findings[0];

        Assert.Equal(new CvssScore(9.8, "B"), finding.Cvss);
        Assert.True(finding.IsKnownExploited);
        Assert.Equal(0.9, finding.Epss);
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), finding.FixedSince);
    }

    [Fact]
    public void What_Grype_says_of_a_related_vulnerability_counts_too()
    {
        var finding = Fixture.Accept("grype.json", root => root.GrypeRow()["relatedVulnerabilities"] = JsonNode.Parse(
            """[{"id":"CVE-2026-0008","cvss":[{"metrics":{"baseScore":9.9}}],"epss":[{"epss":0.5}],"knownExploited":[{}]}]""")).Findings[0];

        Assert.Equal((9.9, 0.5, true), (finding.Cvss?.Score, finding.Epss, finding.IsKnownExploited));
    }

    [Theory]
    [InlineData("1.01")]
    [InlineData("-0.1")]
    [InlineData("1e400")]
    public void A_probability_beyond_the_scale_is_refused(string value) => Fixture.Refuse(
        Fixture.Edit("grype.json", root => root.GrypeRow()["vulnerability"]!["epss"] = JsonNode.Parse($$"""[{"epss":{{value}}}]""")),
        ReasonCode.ReportFormat);

    [Fact]
    public void Folded_rows_have_the_highest_risk()
    {
        var rows = new[] { Row(5, 0.5), Row(9, 0.25, more: ",\"knownExploited\":[{}]"), Row(7, 0.75) };

        foreach (var order in new[] { rows, [.. rows.Reverse()] })
        {
            var finding = Assert.Single(Read(order));
            Assert.Equal((9.0, 0.75, true), (finding.Cvss?.Score, finding.Epss, finding.IsKnownExploited));
            Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), finding.FixedSince);
        }
    }

    /// <summary>A row like another but for what a policy may judge otherwise, so that it must not hide behind it.</summary>
    public static TheoryData<string, string> Apart => new()
    {
        { "no score, which counts as unknown", Row(null, 0.5) },
        { "a score of 0, which is none", Row(0, 0.5) },
        { "no probability, which may be refused", Row(5, null) },
        { "an earlier fix, whose grace is over", Row(5, 0.5, "2025-01-01") },
        { "a later fix, which may be of the future", Row(5, 0.5, "2999-01-01") },
        { "a fix of no known date, which has no grace", Row(5, 0.5, date: null) },
    };

    [Theory, MemberData(nameof(Apart))]
    public void A_row_that_a_policy_may_judge_otherwise_stays_apart(string because, string row)
    {
        Assert.True(Read(Row(5, 0.5), row).Count == 2, because);
        Assert.True(Read(row, Row(5, 0.5)).Count == 2, because);
        Assert.True(Read(row, row).Count == 1, because);
    }

    [Fact]
    public void Trivys_other_findings_are_kept_with_their_severity_also_those_set_aside()
    {
        var findings = Fixture.Accept("trivy.json", root =>
        {
            root["Results"]![3]!["Misconfigurations"]![0]!["Severity"] = "LOW";
            root["Results"]![4]!["Licenses"]![0]!["Severity"] = "critical";
        }).OtherFindings;

        Assert.Equal(
            [
                new OtherFinding(OtherFindingKind.Secret, "made-for-tests", Severity.High, null, "Node.js") { IsSetAside = true },
                new OtherFinding(OtherFindingKind.Secret, "private-key", Severity.High, null, "/app/key.pem"),
                new OtherFinding(OtherFindingKind.Misconfiguration, "DS002", Severity.Low, null, "Dockerfile"),
                new OtherFinding(OtherFindingKind.License, "GPL-3.0", Severity.Critical, "bash", "OS Packages"),
                new OtherFinding(OtherFindingKind.License, "MIT", Severity.Unknown, "x", "OS Packages"),
            ],
            findings);
    }

    [Theory]
    [InlineData("debian", true)]
    [InlineData("none", false)]
    [InlineData("", false)]
    public void Trivy_tells_whether_it_recognised_the_system(string family, bool expected) => Assert.Equal(
        expected, Fixture.Accept("trivy.json", root => root["Metadata"]!["OS"]!["Family"] = family).Coverage.IsOsRecognised);

    [Fact]
    public void Grype_tells_whether_it_recognised_the_system()
    {
        Assert.True(Fixture.Accept("grype.json").Coverage.IsOsRecognised);
        Assert.False(Fixture.Accept("grype.json", root => root["distro"]!["name"] = "").Coverage.IsOsRecognised);
        Assert.Null(Fixture.Accept("sarif.json").Coverage.IsOsRecognised);
    }

    private static IReadOnlyList<Finding> Read(params string[] rows) =>
        Fixture.Accept("grype.json", root => root["matches"] = JsonNode.Parse($"[{string.Join(',', rows)}]")).Findings;

    private static string Row(double? score, double? epss, string? date = "2026-01-01", string more = "") => $$"""
        {"artifact":{"name":"a","version":"1"},"vulnerability":{"id":"CVE-2026-1","severity":"Low",
         "fix":{"versions":["2"]{{(date is null ? "" : $",\"available\":[{{\"date\":\"{date}\"}}]")}}}{{more}},
         "epss":[{{(epss is { } known ? FormattableString.Invariant($"{{\"epss\":{known}}}") : "")}}],
         "cvss":[{{(score is { } told ? FormattableString.Invariant($"{{\"metrics\":{{\"baseScore\":{told}}}}}") : "")}}]} }
        """;
}
