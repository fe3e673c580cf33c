// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;
using SupplyChain.Testing;

namespace SupplyChain.Scanning.Tests;

/// <summary>
/// Real reports against a table that was computed from them without this product, column by column. Where we read
/// something else on purpose it stands in a list here, and the argument in docs/scan-formats.md.
/// </summary>
public sealed class ConformanceTests
{
    /// <summary>Folders of what is no scan report, and the tests that put every row of theirs against the table.</summary>
    private static readonly (string Format, string Tests)[] ReadElsewhere =
    [
        ("csaf", "tests/Scanning.Tests/Vex/VexConformanceTests.cs"), ("openvex", "tests/Scanning.Tests/Vex/VexConformanceTests.cs"),
        ("spdx", "tests/Scanning.Tests/Sboms/SbomConformanceTests.cs"),
        ("intoto-test-result", "tests/Sigstore.Tests/Predicates/PredicateConformanceTests.cs"),
        ("scai", "tests/Sigstore.Tests/Predicates/PredicateConformanceTests.cs"),
        ("slsa-provenance", "tests/Sigstore.Tests/Predicates/PredicateConformanceTests.cs"),
    ];

    public static TheoryData<string, string, string> Refused => new()
    {
        { "trivy/kubernetes-multi-image.json", "REPORT_FORMAT", "Trivy's Kubernetes report" },
        { "trivy/legacy_trivy_mix.json", "REPORT_FORMAT", "before its schema version 2" },
        { "grype/xeol_multiple_findings.json", "REPORT_SCANNER_NOT_ACCEPTED", "'xeol'" },
        { "aws-inspector/inspector2-zero.json", "REPORT_FORMAT", "a list of no findings" },
        { "sarif/suppression_test.sarif", "REPORT_SCANNER_NOT_ACCEPTED", "'CodeScanner'" },
    };

    /// <summary>File, column, what the table says, what we read.</summary>
    private static readonly (string File, string Column, string Theirs, string Ours)[] Disagreements =
    [
        ("cyclonedx/no-severity.cdx.json", "critical", "1", "0"),
        ("cyclonedx/no-severity.cdx.json", "unknown", "0", "1"),
        ("sarif/grype-image.sarif", "low", "1", "0"),
        ("sarif/grype-image.sarif", "unknown", "0", "1"),
        ("aws-ecr/enhanced-findings.json", "scanner", "amazon-ecr", "amazon-inspector"),
        ("aws-inspector/inspector2-many.json", "unique_id_pkg_version", "7", "8"),
        ("aws-inspector/inspector2-many.json", "other_findings", "findings_about_non_images=1", ""),
        ("cosign-vuln/trivy-cosign-vuln-alpine310.json", "scanner", "pkg:github/aquasecurity/trivy@v0.30.1-8-gf9cb8a28", "trivy"),
        ("cosign-vuln/trivy-cosign-vuln-alpine310.json", "scanner_version", "v0.30.1-8-gf9cb8a28", ""),
        ("cosign-vuln/trivy-cosign-vuln-alpine310.json", "created_at", "2022-07-24T17:14:04.864682+09:00", "2021-08-25T12:20:30.0000000+00:00"),
        ("cosign-vuln/vuln-predicate.json", "created_at", "2022-04-12T00:10:00Z", "2022-04-12T00:00:00.0000000+00:00"),
        ("gitlab/gl-container-scanning-report.json", "created_at", "2021-09-15T08:36:25", ""),
        ("osv-scanner/some_findings.json", "critical", "0", "1"),
        ("osv-scanner/some_findings.json", "unknown", "1", "0"),
        ("intoto-vulns/certify-vuln-v01.json", "critical", "1", "0"),
        ("intoto-vulns/certify-vuln-v01.json", "unknown", "7", "8"),
        ("intoto-vulns/certify-vuln-v02.json", "critical", "1", "0"),
        ("intoto-vulns/certify-vuln-v02.json", "unknown", "7", "8"),
    ];

    public static TheoryData<string> Accepted => [.. Rows()
        .Where(row => !IsReadElsewhere(row))
        .Select(row => row["file"])
        .Where(file => !Refused.Any(refused => refused.Data.Item1 == file))
        .DefaultIfEmpty("(absent)")];

    public static TheoryData<string> Others => [.. Rows()
        .Where(IsReadElsewhere)
        .Select(row => row["file"])
        .Where(file => !file.EndsWith(".gz", StringComparison.Ordinal))
        .DefaultIfEmpty("(absent)")];

    [Theory, MemberData(nameof(Accepted))]
    public void What_a_report_says_is_what_the_table_says(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("scans/" + file));
        var expected = Rows().Single(row => row["file"] == file);
        var differences = Describe(content, expected)
            .Select(column => (column.Name, Theirs: Normalise(column.Name, expected[column.Name]), column.Ours))
            .Where(column => column.Theirs != column.Ours)
            .Select(column => $"{column.Name}: {column.Theirs} / {column.Ours}");

        Assert.Equal(
            Disagreements.Where(known => known.File == file).Select(known => $"{known.Column}: {known.Theirs} / {known.Ours}"),
            differences);
    }

    [Theory, MemberData(nameof(Refused))]
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

    [Fact]
    public void What_is_no_report_is_put_against_the_table_by_other_tests() => Assert.All(ReadElsewhere, known => Assert.Contains(
        $"\"{known.Format}\"", File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, known.Tests)), StringComparison.Ordinal));

    private static bool IsReadElsewhere(Dictionary<string, string> row) => ReadElsewhere.Any(known => known.Format == row["format"]);

    private static IEnumerable<(string Name, string Ours)> Describe(byte[] content, Dictionary<string, string> expected)
    {
        var report = Fixture.Accept(content);
        var draft = new ReportDraft();
        var format = FormatDetection.Find(content)!;
        using var parser = new ReportParser(ReportFormats.RootOf(format), draft);
        parser.Read(content, 0, isLast: true);
        Assert.NotNull(format.Complete(draft.Close(Digest.Compute(content), content.Length)));
        var live = (draft.Inner?.Draft is { Live.Count: > 0 } inner ? inner : draft).Live;

        yield return ("scanner", report.Scanner.Name);
        yield return ("scanner_version", report.Scanner.Version ?? "");
        yield return ("subject_digests", string.Join("; ", report.Subjects.Select(Describe).Distinct().Order(StringComparer.Ordinal)));
        yield return ("created_at", Describe(report.Time, expected["created_at"]));
        yield return ("db_time", Describe(report.DatabaseTime, expected["db_time"]));
        yield return ("findings", Show(report.Rows));
        foreach (var severity in Enum.GetValues<Severity>())
            yield return (severity.ToString().ToLowerInvariant(), Show(live.Count(row => row.Severity == severity)));
        var rows = live.Select(row => row.ToFinding()).ToList();
        yield return (
            "fixable",
            rows.Exists(row => row.IsFixUnknown) || expected["fixable"] == "n/a" && rows.Count == 0
                ? "n/a" : Show(rows.Count(row => row.IsFixable)));
        yield return (
            "unique_id_pkg_version",
            Show(report.Findings.Select(finding => (finding.Id, finding.Package.Name, finding.Package.Version)).Distinct().Count()));
        yield return ("suppressed_in_report", Show(report.Suppressed.Count));
        yield return ("os_eol", report.Coverage.OsEndOfLife ? "eosl" : "");
        yield return ("findings_state", report.Coverage.Vulnerabilities == VulnerabilityCoverage.Scanned ? "scanned" : "not scanned");
        yield return ("other_findings", string.Join("; ", Count(report)));
    }

    private static string Normalise(string column, string text) => column switch
    {
        "scanner" => text.Split('|')[0].ToLowerInvariant() switch
        {
            "" => "unnamed",
            "snyk container" => "snyk",
            "inspector" => "amazon-inspector",
            "klar (clair)" => "klar",
            var name => name.Replace(' ', '-'),
        },
        "scanner_version" => text is "[not provided]" or "|" ? "" : text,
        "subject_digests" => string.Join("; ", text.Split("; ").Select(NormaliseSubject).OfType<string>().Distinct().Order(StringComparer.Ordinal)),
        "findings_state" => text is "present" or "clean" ? "scanned" : "not scanned",
        "other_findings" => text is "" or "0" ? "" : string.Join("; ", text.Split("; ").Where(part => part.Contains('=', StringComparison.Ordinal) && !part.EndsWith("=0", StringComparison.Ordinal)).Order(StringComparer.Ordinal)),
        _ => text,
    };

    private static string? NormaliseSubject(string text)
    {
        var role = text.Split('=')[0] switch
        {
            "manifest" or "component.version" => SubjectRole.Manifest,
            "config" => SubjectRole.Config,
            _ => SubjectRole.Repository,
        };
        return Digest.TryParse(text.Split('=')[^1].Split('@')[^1], out var digest, out _) ? $"{role} {digest}" : null;
    }

    private static string Describe(ReportSubject subject) => $"{subject.Role} {subject.Digest}";

    // The framework rounds what lies below 100 ns; we cut it.
    private static string Describe(DateTimeOffset? time, string expected) =>
        time is { } ours && Parse(expected) is { } theirs && (theirs - ours).Ticks is 0 or 1
            ? expected : time?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset? Parse(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time
        : null;

    private static IEnumerable<string> Count(ScanReport report)
    {
        var coverage = report.Coverage;
        if (coverage.Licenses > 0)
            yield return $"licenses={coverage.Licenses}";
        if (coverage.Misconfigurations > 0)
            yield return $"misconfigurations={coverage.Misconfigurations}";
        if (coverage.Secrets > 0)
            yield return $"secrets={coverage.Secrets}";
    }

    private static IReadOnlyList<Dictionary<string, string>> Rows() => SharedScans.Rows();

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
