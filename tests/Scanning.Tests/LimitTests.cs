// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Each limit, at it and one beyond.</summary>
public sealed class LimitTests
{
    private const string Head = """{"SchemaVersion":2,"ArtifactType":"container_image","x":""";

    [Theory]
    [InlineData("[", "]", 63)]
    [InlineData("{\"a\":", "}", 63)]
    public void Nesting_ends_at_the_limit(string open, string close, int below)
    {
        Assert.True(Read(Nest(open, close, below)).IsReport);
        AssertLimit(Nest(open, close, below + 1), "deeper than 64");
        AssertLimit(Nest(open, close, 199), "deeper than 64");
        AssertLimit(Nest(open, "", 100_000), "deeper than 64");
    }

    [Fact]
    public void Two_hundred_levels_are_a_limit_also_at_the_top() => AssertLimit(new string('[', 200) + new string(']', 200), "deeper than 64");

    [Fact]
    public void Members_of_an_object_end_at_the_limit()
    {
        Assert.True(Read(Head + Members(Limits.ReportObjectMembers) + "}").IsReport);
        AssertLimit(Head + Members(Limits.ReportObjectMembers + 1) + "}", "10000 members");
    }

    [Fact]
    public void Two_large_objects_do_not_share_their_names()
    {
        Assert.True(Read(Head + $"[{Members(300)},{Members(300)},{{\"a\":{Members(200)},\"b\":{Members(200)}}}]}}").IsReport);
        Assert.Equal(
            ReasonCode.ReportDuplicateMember,
            Read(Head + $"[{Members(300)},{Members(300)[..^1]},\"m7\":1}}]}}").Problem?.Reason);
    }

    [Fact]
    public void A_text_that_is_passed_over_ends_at_the_limit()
    {
        Assert.True(Read(Head + Text(Limits.ReportTokenBytes) + "}").IsReport);
        AssertLimit(Head + Text(Limits.ReportTokenBytes + 1) + "}", "longer than 4194304 bytes");
        AssertLimit(Head + Text(9 * 1024 * 1024) + "}", "longer than 4194304 bytes");
        AssertLimit(Head + "\"" + new string('a', 9 * 1024 * 1024), "longer than 4194304 bytes");
    }

    [Fact]
    public void A_number_ends_at_the_limit()
    {
        Assert.True(Read(Head + new string('1', 100_000) + "}").IsReport);
        AssertLimit(Head + new string('1', Limits.ReportTokenBytes + 1) + "}", "longer than 4194304 bytes");
    }

    [Fact]
    public void A_name_ends_at_the_limit()
    {
        Assert.True(Read(Head + "{" + Text(Limits.ReportTokenBytes) + ":1}}").IsReport);
        AssertLimit(Head + "{" + Text(Limits.ReportTokenBytes + 1) + ":1}}", "longer than 4194304 bytes");
    }

    [Fact]
    public void A_text_that_is_kept_ends_at_a_lower_limit()
    {
        Assert.True(Read(Row($"\"PkgName\":{Text(Limits.ReportStringLength)}")).IsReport);
        AssertLimit(Row($"\"PkgName\":{Text(Limits.ReportStringLength + 1)}"), "longer than 65536 bytes");
    }

    [Fact]
    public void Aliases_and_places_of_a_finding_end_at_the_limit()
    {
        Assert.True(Read(Row($"\"VendorIDs\":[{Ids(Limits.AliasesPerFinding)}]")).IsReport);
        AssertLimit(Row($"\"VendorIDs\":[{Ids(Limits.AliasesPerFinding + 1)}]"), "1000 aliases");
        AssertLimit(
            """{"matches":[{"artifact":{"locations":[""" + string.Join(',', Enumerable.Range(0, 1001).Select(i => $$"""{"path":"/{{i}}"}""")) + "]}}]}",
            "1000 locations");
    }

    [Fact]
    public void Results_end_at_the_limit()
    {
        static string Results(int count) => $$"""{"SchemaVersion":2,"Results":[{{string.Join(',', Enumerable.Repeat("{}", count))}}]}""";

        Assert.True(Read(Results(Limits.ReportResults)).IsReport);
        AssertLimit(Results(Limits.ReportResults + 1), "100000 results");
    }

    [Fact]
    public void Fixed_versions_end_at_the_limit() => AssertLimit(
        $$"""{"matches":[{"vulnerability":{"id":"A-1","fix":{"versions":[{{Ids(1001)}}]} } }]}""", "1000 fixed versions");

    [Fact]
    public void Classes_of_results_end_at_the_limit()
    {
        static string Results(int count) =>
            $$"""{"SchemaVersion":2,"Results":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"Class":"c{{i}}"},{"Class":"c0"}"""))}}]}""";

        Assert.Equal(32, Read(Results(32)).Report?.Coverage.Classes.Count);
        AssertLimit(Results(33), "32 classes");
    }

    [Fact]
    public void Findings_end_at_the_limit()
    {
        Assert.Equal(Limits.Findings, Read(Rows(Limits.Findings)).Report?.Rows);
        AssertLimit(Rows(Limits.Findings + 1), "100000 findings");
    }

    [Fact]
    public void Suppressed_findings_count_as_findings()
    {
        var rows = string.Join(',', Enumerable.Repeat("""{"vulnerability":{"id":"A-1"}}""", 50_001));
        AssertLimit($$"""{"matches":[{{rows}}],"ignoredMatches":[{{rows}}]}""", "100000 findings");
    }

    [Fact]
    public void Digests_of_the_image_end_at_the_limit()
    {
        static string Repositories(int count) => string.Join(',', Enumerable.Repeat($"\"a@sha256:{new string('0', 64)}\"", count));

        Assert.Equal(256, Read($$"""{"SchemaVersion":2,"ArtifactType":"container_image","Metadata":{"RepoDigests":[{{Repositories(256)}}]} }""").Report?.Subjects.Count);
        AssertLimit($$"""{"SchemaVersion":2,"Metadata":{"RepoDigests":[{{Repositories(257)}}]} }""", "256 digests");
        AssertLimit($$"""{"matches":[],"source":{"target":{"repoDigests":[{{Repositories(257)}}]} } }""", "256 digests");
    }

    [Fact]
    public void Findings_that_are_no_vulnerabilities_end_at_the_limit()
    {
        static string Secrets(int count) =>
            $$"""{"SchemaVersion":2,"Results":[{"Secrets":[{{string.Join(',', Enumerable.Repeat("{}", count))}}]}]}""";

        Assert.Equal(Limits.OtherFindings, Read(Secrets(Limits.OtherFindings)).Report?.OtherFindings.Count);
        AssertLimit(Secrets(Limits.OtherFindings + 1), "100000 secrets");
    }

    [Fact]
    public void Rules_and_runs_of_a_log_end_at_the_limit()
    {
        static string Rules(int count) =>
            $$"""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[{{string.Join(',', Enumerable.Repeat("{}", count))}}]} },"results":[]}]}""";
        static string Runs(int count) =>
            $$"""{"version":"2.1.0","runs":[{{string.Join(',', Enumerable.Repeat("""{"tool":{"driver":{"name":"Trivy"}},"results":[]}""", count))}}]}""";

        Assert.True(Read(Rules(Limits.Findings)).IsReport);
        AssertLimit(Rules(Limits.Findings + 1), "100000 rules");
        Assert.True(Read(Runs(Limits.ReportResults)).IsReport);
        AssertLimit(Runs(Limits.ReportResults + 1), "100000 runs");
    }

    [Fact]
    public void Components_and_tools_of_a_document_end_at_the_limit()
    {
        static string Components(int count) =>
            $$"""{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"bom-ref":"{{i}}"}"""))}}]}""";
        static string Tools(int count) =>
            $$"""{"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{"tools":[{{string.Join(',', Enumerable.Repeat("""{"name":"x"}""", count))}}]} }""";

        Assert.Equal(Limits.ReportComponents, Read(Components(Limits.ReportComponents)).Report?.Coverage.Packages);
        AssertLimit(Components(Limits.ReportComponents + 1), "200000 components");
        Assert.True(Read(Tools(Limits.ReportClasses)).IsReport);
        AssertLimit(Tools(Limits.ReportClasses + 1), "32 tools");
    }

    [Fact]
    public async Task A_format_that_shows_too_late_is_refused_alike_from_memory_and_from_a_stream()
    {
        static byte[] Late(int before) => Encoding.UTF8.GetBytes(
            $$"""{"x":[{{string.Join(',', Enumerable.Repeat(Text(1 << 20), before))}}],"SchemaVersion":2,"ArtifactName":"x"}""");

        foreach (var (content, isReport) in new[] { (Late(15), true), (Late(16), false) })
        {
            using var stream = new MemoryStream(content);
            foreach (var result in new[] { ScanReportReader.Read(content), await ScanReportReader.ReadAsync(stream, TestContext.Current.CancellationToken) })
            {
                Assert.Equal(isReport, result.IsReport);
                Assert.Equal(Digest.Compute(content), result.Digest);
                if (!isReport)
                    Assert.Equal((ReasonCode.ReportLimit, "what makes this Trivy JSON stands behind the first 16777216 bytes"), (result.Problem!.Reason, result.Problem.Message));
            }
        }
    }

    [Fact]
    public void Text_that_is_kept_ends_at_the_limit_in_total()
    {
        // 600 texts of 64 KiB, all different.
        var rows = Enumerable.Range(0, 600).Select(i => $$"""{"VulnerabilityID":"A-{{i}}","PkgName":"{{new string((char)('a' + (i % 26)), Limits.ReportStringLength)}}"}""");
        AssertLimit($$"""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{{string.Join(',', rows)}}]}]}""", "more text than is kept");
    }

    [Fact]
    public void The_number_of_kept_texts_ends_at_the_limit()
    {
        var places = string.Join(',', Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? """{"path":"a"}""" : """{"path":"b"}"""));
        var match = $$"""{"vulnerability":{"id":"A-1"},"artifact":{"locations":[{{places}}]} }""";
        AssertLimit($$"""{"matches":[{{string.Join(',', Enumerable.Repeat(match, 4_000))}}]}""", "more text than is kept");
    }

    [Fact]
    public async Task A_report_larger_than_any_is_not_read_to_its_end()
    {
        using var endless = new RepeatingStream("[1", ",1", long.MaxValue);
        var result = await ScanReportReader.ReadAsync(endless, TestContext.Current.CancellationToken);

        Assert.Equal(ReasonCode.ReportLimit, result.Problem?.Reason);
        Assert.Contains("larger than 268435456 bytes", result.Problem!.Message, StringComparison.Ordinal);
        Assert.Null(result.Digest);
        Assert.InRange(endless.Position, Limits.ReportBytes, Limits.ReportBytes + (1 << 20));
    }

    [Fact]
    public async Task Ten_million_findings_end_at_the_limit_and_take_no_more_memory_than_it()
    {
        // They are some 260 million bytes, which any report may have: the rest is read for its digest alone.
        using var report = new RepeatingStream("""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{}""", """,{"VulnerabilityID":"A-1"}""", 10_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = await ScanReportReader.ReadAsync(report, TestContext.Current.CancellationToken);

        Assert.Equal(ReasonCode.ReportLimit, result.Problem?.Reason);
        Assert.Contains("more than 100000 findings", result.Problem!.Message, StringComparison.Ordinal);
        Assert.InRange(report.Position, Limits.AttestationBytes, Limits.ReportBytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 64 * 1024 * 1024);
    }

    [Fact]
    public void A_refused_report_that_is_larger_than_any_has_no_digest()
    {
        var content = new byte[Limits.ReportBytes + 1];
        content.AsSpan().Fill((byte)'x');
        var result = ScanReportReader.Read(content);

        Assert.Equal(ReasonCode.ReportMalformed, result.Problem?.Reason);
        Assert.Null(result.Digest);
    }

    [Fact]
    public void Memory_grows_with_the_findings_and_not_with_the_report()
    {
        var padding = Text(50_000);
        var rows = Enumerable.Range(0, 400).Select(i =>
            $$"""{"VulnerabilityID":"CVE-2026-{{i}}","Severity":"HIGH","PkgName":"p","Description":{{padding}},"References":[{{Ids(100)}}]}""");
        var content = Encoding.UTF8.GetBytes($$"""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{{string.Join(',', rows)}}]}]}""");
        ScanReportReader.Read(content);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = ScanReportReader.Read(content);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(400, result.Report?.Rows);
        Assert.True(content.Length > 20_000_000, "the report is large");
        Assert.InRange(allocated, 1, 1_000_000);
    }

    private static ScanReportResult Read(string document) => ScanReportReader.Read(Encoding.UTF8.GetBytes(document));

    private static void AssertLimit(string document, string expected)
    {
        var problem = Fixture.Refuse(document, ReasonCode.ReportLimit);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    private static string Nest(string open, string close, int times) =>
        Head + string.Concat(Enumerable.Repeat(open, times)) + "1" + string.Concat(Enumerable.Repeat(close, times)) + "}";

    private static string Members(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":1")) + "}";

    private static string Text(int length) => "\"" + new string('a', length) + "\"";

    private static string Ids(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"A-{i}\""));

    private static string Row(string member) =>
        $$"""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1",{{member}}}]}]}""";

    private static string Rows(int count) =>
        $$"""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{{string.Join(',', Enumerable.Repeat("""{"VulnerabilityID":"A-1"}""", count))}}]}]}""";

}
