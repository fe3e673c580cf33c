// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Tests;

/// <summary>What a hostile or careless pipeline may do to a report, for every accepted format alike.</summary>
public sealed class AttackTests
{
    public static TheoryData<string> Formats => [.. FormatCase.All.Select(format => format.File)];

    public static TheoryData<string> With(string member) => [.. FormatCase.All
        .Where(format => member switch
        {
            nameof(FormatCase.SetAside) => format.SetAside is not null,
            nameof(FormatCase.SetTime) => format.SetTime is not null,
            nameof(FormatCase.SetScore) => format.SetScore is not null,
            nameof(FormatCase.Fail) => format.Fail is not null,
            _ => format.Rename is not null,
        })
        .Select(format => format.File)];

    [Theory, MemberData(nameof(Formats))]
    public void A_format_that_takes_its_scanner_s_name_from_the_report_is_not_the_scanner_s_own(string file)
    {
        var own = Fixture.Accept(file).Scanner.Name;
        var renamed = ScanReportReader.Read(Encoding.UTF8.GetBytes(
            Fixture.Text(file).Replace($"\"{own}\"", "\"other-tool\"", StringComparison.OrdinalIgnoreCase)));

        if (renamed.Report is { Scanner.Name: "other-tool" } report)
            Assert.NotEqual(ReportKind.Native, report.Kind);
    }

    [Theory, MemberData(nameof(Formats))]
    public void The_fixture_is_a_scan_with_a_critical_finding(string file)
    {
        var report = Fixture.Accept(file);

        Assert.Equal(VulnerabilityCoverage.Scanned, report.Coverage.Vulnerabilities);
        Assert.Empty(report.Coverage.Errors);
        Assert.Equal(Severity.Critical, report.Findings[0].Severity);
        Assert.Contains("CVE-2026-0001", report.Findings[0].Aliases.Append(report.Findings[0].Id), StringComparer.Ordinal);
        Assert.Equal(FormatCase.Of(file).Version, report.Findings[0].Package.Version);
    }

    [Theory, MemberData(nameof(Formats))]
    public void An_emptied_report_is_no_scan(string file)
    {
        foreach (var empty in FormatCase.Of(file).Emptied)
        {
            var coverage = Fixture.Accept(file, empty).Coverage;
            Assert.NotEqual(VulnerabilityCoverage.Scanned, coverage.Vulnerabilities);
            Assert.NotEmpty(coverage.Because);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_report_cut_anywhere_is_refused(string file)
    {
        var content = Fixture.Bytes(file).AsSpan().TrimEnd("\n"u8).ToArray();
        for (var length = 1; length < content.Length; length++)
        {
            var result = ScanReportReader.Read(content.AsMemory(0, length));
            Assert.True(result.Problem?.Reason == ReasonCode.ReportMalformed, $"cut at {length}: {result.Problem}");
            Assert.Null(result.Report);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_second_member_of_one_name_is_refused_in_every_spelling(string file)
    {
        var text = Fixture.Text(file);
        foreach (var name in JsonNode.Parse(text)!.AsObject().Select(member => member.Key).ToList())
        {
            var escaped = string.Concat(name.Select(c => $"\\u{(int)c:x4}"));
            Fixture.Refuse($"{text[..^1]},\"{name}\":null}}", ReasonCode.ReportDuplicateMember);
            Fixture.Refuse($"{text[..^1]},\"{escaped}\":null}}", ReasonCode.ReportDuplicateMember);
            Fixture.Refuse($"{{\"{escaped}\":null,{text[1..]}", ReasonCode.ReportDuplicateMember);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_member_in_other_letter_case_is_refused(string file)
    {
        var text = Fixture.Text(file);
        var format = FormatDetection.Find(Encoding.UTF8.GetBytes(text))!;
        foreach (var name in JsonNode.Parse(text)!.AsObject().Select(member => member.Key).Where(name => format.Members.Any(member => member.Name == name)))
            Fixture.Refuse($"{text[..^1]},\"{name.ToUpperInvariant()}\":[]}}", ReasonCode.ReportDuplicateMember);
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_document_that_bears_the_mark_of_another_format_is_refused(string file)
    {
        var own = FormatDetection.Find(Fixture.Bytes(file))!;
        foreach (var (other, mark) in ReportFormats.Accepted.Where(format => format != own).SelectMany(format => format.Marks.Select(mark => (format, mark))))
        {
            foreach (var isFirst in new[] { true, false })
            {
                var document = Fixture.Edit(file, root => root.Insert(isFirst ? 0 : root.Count, mark, null));
                if (IsVariant(file, mark))
                {
                    Fixture.Refuse(document, ReasonCode.ReportDuplicateMember);
                    continue;
                }

                // Read as the other format, it may hold a value of another type than belongs there.
                var problem = Fixture.Refuse(document, ReasonCode.ReportFormat);
                if (isFirst && problem.Message.StartsWith("found ", StringComparison.Ordinal))
                    continue;
                Assert.Contains(own.Name, problem.Message, StringComparison.Ordinal);
                Assert.Contains(other.Name, problem.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_mark_belongs_to_one_format()
    {
        foreach (var format in ReportFormats.Accepted)
        {
            foreach (var other in ReportFormats.Accepted.Where(other => other != format))
            {
                var unmarked = other.Members.Select(member => member.Name).Except(other.Marks, StringComparer.Ordinal);
                Assert.Empty(format.Marks.Intersect(unmarked, StringComparer.OrdinalIgnoreCase));
                Assert.Empty(format.Marks.Intersect(other.Marks, StringComparer.Ordinal));
            }

            Assert.Subset(format.Members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal), format.Marks.ToHashSet(StringComparer.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void The_order_of_members_makes_no_difference(string file)
    {
        var expected = Fixture.Accept(file);
        var report = Fixture.Accept(Reverse(JsonNode.Parse(Fixture.Bytes(file))!));

        Assert.Equal((expected.Scanner, expected.Format, expected.Time, expected.Rows), (report.Scanner, report.Format, report.Time, report.Rows));
        Assert.Equal(expected.Subjects, report.Subjects);
        Assert.Equal(expected.Findings.Select(Describe).Order(StringComparer.Ordinal), report.Findings.Select(Describe).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Suppressed.Count, report.Suppressed.Count);
        Assert.Equal(expected.OtherFindings, report.OtherFindings);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Nesting_ends_at_the_limit(string file) => Assert.Contains(
        "deeper than 64",
        Fixture.Refuse($"{Fixture.Text(file)[..^1]},\"x\":{new string('[', 64)}{new string(']', 64)}}}", ReasonCode.ReportLimit).Message,
        StringComparison.Ordinal);

    [Theory, MemberData(nameof(Formats))]
    public void One_document_and_nothing_else(string file)
    {
        var text = Fixture.Text(file);
        string[] documents = [text + text, text + "\n" + text, text + ",", text[..^1] + ",}", "// x\n" + text, text + "\0", "\ufeff" + text];
        foreach (var document in documents)
            Fixture.Refuse(document, ReasonCode.ReportMalformed);
        Fixture.Refuse(Encoding.Unicode.GetBytes(text), ReasonCode.ReportMalformed);
    }

    [Theory, MemberData(nameof(With), nameof(FormatCase.SetAside))]
    public void A_row_that_is_set_aside_is_kept_with_its_severity(string file)
    {
        var before = Fixture.Accept(file);
        var after = Fixture.Accept(file, FormatCase.Of(file).SetAside!);

        Assert.True(after.Rows < before.Rows, "it is live no more");
        var aside = after.Suppressed.Where(row => row.Finding.Package.Version == FormatCase.Of(file).Version && row.Finding.Severity == Severity.Critical);
        Assert.True(aside.Count() > before.Suppressed.Count(row => row.Finding.Package.Version == FormatCase.Of(file).Version && row.Finding.Severity == Severity.Critical), "it is set aside");
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_severity_that_is_no_word_of_the_table_is_unknown(string file)
    {
        bool IsOfFirstRow(Finding finding) => finding.Package.Version == FormatCase.Of(file).Version;
        foreach (var word in new[] { "NONE", "Hgh", "\u0421RITICAL", "CRIT\u200BICAL", "9.8", "UNKNOWN" })
            Assert.Contains(Fixture.Accept(file, root => FormatCase.Of(file).SetSeverity(root, word)).Findings, finding => IsOfFirstRow(finding) && finding.Severity == Severity.Unknown);
        Assert.Contains(Fixture.Accept(file, root => FormatCase.Of(file).SetSeverity(root, null)).Findings, finding => IsOfFirstRow(finding) && finding.Severity == Severity.Unknown);
    }

    [Theory, MemberData(nameof(Formats))]
    public void An_id_that_is_none_is_refused(string file)
    {
        foreach (var id in new[] { "CVE-2026\u200B-0001", "\u0421VE-2026-0001", "CVE-2026-\u202E1000", new string('x', 257) })
            Fixture.Refuse(Fixture.Edit(file, root => FormatCase.Of(file).SetId(root, id)), ReasonCode.ReportFormat);
        Fixture.Refuse(Fixture.Edit(file, root => FormatCase.Of(file).SetId(root, "")), ReasonCode.ReportFormat);
        Assert.Equal("CVE-2026-0009", Fixture.Accept(file, root => FormatCase.Of(file).SetId(root, "cve-2026-0009")).Findings[0].Id);
    }

    [Theory, MemberData(nameof(With), nameof(FormatCase.SetTime))]
    public void A_time_that_is_none_is_missing(string file)
    {
        foreach (var time in new[] { "0001-01-01T00:00:00Z", "2026-11-20T08:30:00", "redacted", "2026-11-20" })
            Assert.Null(Fixture.Accept(file, root => FormatCase.Of(file).SetTime!(root, time)).Time);
        Assert.Equal(
            new DateTimeOffset(2026, 11, 20, 7, 30, 0, TimeSpan.Zero),
            Fixture.Accept(file, root => FormatCase.Of(file).SetTime!(root, "2026-11-20 09:30:00+02:00")).Time);
    }

    [Theory, MemberData(nameof(With), nameof(FormatCase.SetScore))]
    public void A_score_beyond_the_scale_is_refused(string file)
    {
        foreach (var score in new[] { "1e400", "-1", "10.1", "99" })
            Fixture.Refuse(Fixture.Edit(file, root => FormatCase.Of(file).SetScore!(root, JsonNode.Parse(score))), ReasonCode.ReportFormat);
        Assert.Equal(10, Fixture.Accept(file, root => FormatCase.Of(file).SetScore!(root, 10)).Findings[0].Cvss?.Score);
        Assert.Null(Fixture.Accept(file, root => FormatCase.Of(file).SetScore!(root, "95%")).Findings[0].Cvss);
    }

    [Theory, MemberData(nameof(With), nameof(FormatCase.Fail))]
    public void A_scan_that_failed_is_no_scan(string file)
    {
        var coverage = Fixture.Accept(file, FormatCase.Of(file).Fail!).Coverage;

        Assert.Equal(VulnerabilityCoverage.NotScanned, coverage.Vulnerabilities);
        Assert.Equal(Assert.Single(coverage.Errors), coverage.Because);
    }

    [Theory, MemberData(nameof(With), nameof(FormatCase.Rename))]
    public void A_tool_that_writes_the_same_form_is_refused_by_its_name(string file)
    {
        var problem = Fixture.Refuse(Fixture.Edit(file, FormatCase.Of(file).Rename!), ReasonCode.ReportScannerNotAccepted);

        Assert.StartsWith("this is ", problem.Message, StringComparison.Ordinal);
    }

    private static bool IsVariant(string file, string name) =>
        Fixture.Node(file).Select(member => member.Key).Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Describe(Finding finding) =>
        $"{finding.Id} {finding.Severity} {finding.Package} {finding.FixedVersion} {finding.Cvss} {finding.Epss} {string.Join(',', finding.Aliases)} {string.Join(',', finding.Locations)}";

    private static byte[] Reverse(JsonNode node) => Encoding.UTF8.GetBytes(Reversed(node)!.ToJsonString());

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reversed(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reversed)]),
        _ => node?.DeepClone(),
    };
}
