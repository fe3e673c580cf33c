// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;
using SupplyChain.Testing;

namespace SupplyChain.Scanning.Tests;

/// <summary>Real reports against a table that was computed from them without this product.</summary>
public sealed class SharedReportsTests
{
    private static readonly string[] Refused = ["kubernetes-multi-image.json", "legacy_trivy_mix.json", "xeol_multiple_findings.json"];

    public static TheoryData<string> Accepted => [.. Rows()
        .Where(row => row["format"] is "trivy" or "grype" && !Refused.Contains(Path.GetFileName(row["file"]), StringComparer.Ordinal))
        .Select(row => row["file"]).DefaultIfEmpty("(absent)")];

    public static TheoryData<string> Others => [.. Rows()
        .Where(row => row["format"] is not ("trivy" or "grype" or "sarif") && !row["file"].EndsWith(".gz", StringComparison.Ordinal))
        .Select(row => row["file"]).DefaultIfEmpty("(absent)")];

    [Theory, MemberData(nameof(Accepted))]
    public void What_a_report_says_is_what_the_table_says(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("scans/" + file));
        var expected = Rows().Single(row => row["file"] == file);
        var report = Fixture.Accept(content);

        Assert.Equal(expected["scanner"], report.Scanner.Name);
        Assert.Equal(expected["scanner_version"] is "" or "[not provided]" ? null : expected["scanner_version"], report.Scanner.Version);
        AssertTime(expected["created_at"], report.Time);
        AssertTime(expected["db_time"], report.DatabaseTime);
        Assert.Equal(expected["findings"], Show(report.Rows));
        Assert.Equal(
            expected["unique_id_pkg_version"],
            Show(report.Findings.Select(finding => (finding.Id, finding.Package.Name, finding.Package.Version)).Distinct().Count()));
        Assert.Equal(expected["unique_id_pkg_version"], Show(report.Findings.Count));
        Assert.Equal(expected["suppressed_in_report"], Show(report.Suppressed.Count));
        Assert.Equal(expected["os_eol"] == "eosl", report.Coverage.OsEndOfLife);
        Assert.Equal(
            expected["findings_state"] is "present" or "clean", report.Coverage.Vulnerabilities == VulnerabilityCoverage.Scanned);
        Assert.Equal(OtherFindings(expected["other_findings"]), (report.Coverage.Secrets, report.Coverage.Misconfigurations, report.Coverage.Licenses));
    }

    [Theory, MemberData(nameof(Accepted))]
    public void The_severities_of_the_rows_are_those_of_the_table(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("scans/" + file));
        var expected = Rows().Single(row => row["file"] == file);
        var draft = new ReportDraft();
        using var parser = new ReportParser(ReportFormats.RootOf(FormatDetection.Find(content)), draft);
        parser.Read(content, 0, isLast: true);

        foreach (var severity in Enum.GetValues<Severity>())
        {
            var count = draft.Live.Count(row => row.Severity == severity);
            Assert.Equal($"{severity}: {expected[severity.ToString().ToLowerInvariant()]}", $"{severity}: {count}");
        }

        Assert.Equal(expected["fixable"], Show(draft.Live.Count(row => row.ToFinding().IsFixable)));
    }

    [Theory, MemberData(nameof(Accepted))]
    public void The_digests_of_a_report_are_those_of_the_table(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("scans/" + file));
        var expected = Rows().Single(row => row["file"] == file);
        var report = Fixture.Accept(content);

        var named = report.Subjects.Select(subject => subject.Role switch
        {
            SubjectRole.Repository => $"repo={subject.Name}@{subject.Digest}",
            SubjectRole.Manifest => $"manifest={subject.Digest}",
            _ => $"config={subject.Digest}",
        });
        var wanted = expected["subject_digests"].Split("; ", StringSplitOptions.RemoveEmptyEntries);
        if (expected["subject_binding"] is "malformed-digest")
        {
            Assert.NotEmpty(report.MalformedSubjects);
            Assert.Subset(wanted.ToHashSet(StringComparer.Ordinal), named.ToHashSet(StringComparer.Ordinal));
        }
        else
        {
            Assert.Empty(report.MalformedSubjects);
            Assert.Equal(wanted.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        }
    }

    [Theory]
    [InlineData("trivy/kubernetes-multi-image.json", "REPORT_FORMAT", "Trivy's Kubernetes report")]
    [InlineData("trivy/legacy_trivy_mix.json", "REPORT_FORMAT", "before its schema version 2")]
    [InlineData("grype/xeol_multiple_findings.json", "REPORT_SCANNER_NOT_ACCEPTED", "'xeol'")]
    public void What_only_looks_like_an_accepted_report_is_refused(string file, string reason, string expected)
    {
        Assert.True(ReasonCode.TryParse(reason, out var code));
        var problem = Fixture.Refuse(File.ReadAllBytes(SharedFiles.Require("scans/" + file)), code);

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Others))]
    public void A_report_of_another_format_is_refused_by_its_name(string file)
    {
        var problem = Fixture.Refuse(File.ReadAllBytes(SharedFiles.Require("scans/" + file)), ReasonCode.ReportFormat);

        Assert.StartsWith("this is ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith($"which is not accepted; accepted are {ReportFormats.Names}", problem.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Dictionary<string, string>> Rows()
    {
        if (SharedFiles.Find("scans/expected.tsv") is not { } table)
            return [];

        var lines = File.ReadAllLines(table).Select(line => line.Split('\t')).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    // The framework rounds what lies below 100 ns; we cut it.
    private static void AssertTime(string expected, DateTimeOffset? actual)
    {
        if (expected.Length == 0)
            Assert.Null(actual);
        else
            Assert.InRange(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture) - actual!.Value, TimeSpan.Zero, TimeSpan.FromTicks(1));
    }

    private static (int Secrets, int Misconfigurations, int Licenses) OtherFindings(string text)
    {
        var counts = text.Split("; ", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => int.Parse(part[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return (counts.GetValueOrDefault("secrets"), counts.GetValueOrDefault("misconfigurations"), counts.GetValueOrDefault("licenses"));
    }

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
