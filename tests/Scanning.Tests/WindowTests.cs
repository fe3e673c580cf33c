// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>How the bytes arrive makes no difference.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData("trivy.json")]
    [InlineData("grype.json")]
    [InlineData("grype-old.json")]
    [InlineData("sarif.json")]
    [InlineData("sarif-grype.json")]
    [InlineData("sarif-snyk.json")]
    [InlineData("cyclonedx.json")]
    [InlineData("statement.json")]
    [InlineData("snyk.json")]
    [InlineData("osv-scanner.json")]
    [InlineData("statement-vulns.json")]
    public void A_report_reads_the_same_in_windows_of_every_size(string name)
    {
        var content = Fixture.Bytes(name);
        var expected = Fixture.Describe(ScanReportReader.Read(content));
        for (var size = 1; size <= content.Length; size = size < 600 ? size + 1 : size + 97)
            Assert.Equal(expected, Fixture.Describe(ScanReportReader.Read(content, size)));
    }

    public static TheoryData<string, byte[]> Faulty => new()
    {
        { "a duplicate before a byte that is no character", [.. "{\"a\":1,\"a\":2,\"b\":\""u8, 0xFF, .. "\"}"u8] },
        { "a byte that is no character before a duplicate", [.. "{\"b\":\""u8, 0xFF, .. "\",\"a\":1,\"a\":2}"u8] },
        { "a byte that is no character after broken JSON", [.. "{\"b\":tru1,\""u8, 0xFF, .. "\":1}"u8] },
        { "a character cut by the end", [.. "{\"b\":\"\u20ac"u8[..^1]] },
        { "a surrogate pair across windows", Encoding.UTF8.GetBytes("""{"a":"\ud83d\ude00","b":"\ud83d"}""") },
        { "text after the end", Encoding.UTF8.GetBytes("""{"a":{"b":[1,2,3]}}   x""") },
        { "a second document", Encoding.UTF8.GetBytes("""{"a":1}{"a":1}""") },
        { "a literal that goes wrong late", Encoding.UTF8.GetBytes("""{"a":falsy}""") },
        { "a number that goes wrong late", Encoding.UTF8.GetBytes("""{"a":-12.5e+x}""") },
        { "white space alone", "                "u8.ToArray() },
        { "a document without content among white space", "      { }      "u8.ToArray() },
        { "depth", Encoding.UTF8.GetBytes("""{"a":""" + new string('[', 70)) },
        { "a byte order mark", [0xEF, 0xBB, 0xBF, .. "{}"u8] },
        { "a report inside that is refused", Fixture.Edit("statement.json", root => root["predicate"]!["scanner"]!["result"]!["Results"] = "x") },
        { "a wrong type", Encoding.UTF8.GetBytes("""{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{"PkgName":7}]}]}""") },
    };

    [Theory, MemberData(nameof(Faulty))]
    public void What_is_wrong_is_the_same_in_windows_of_every_size(string because, byte[] content)
    {
        var expected = ScanReportReader.Read(content);
        Assert.NotNull(expected.Problem);
        for (var size = 1; size <= content.Length; size++)
        {
            var actual = ScanReportReader.Read(content, size);
            Assert.True(expected.Problem == actual.Problem, $"{because}, {size} bytes at a time: {expected.Problem} / {actual.Problem}");
            Assert.Equal(expected.Digest, actual.Digest);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(65536)]
    public async Task A_stream_reads_the_same_however_it_comes(int portion)
    {
        foreach (var name in new[] { "trivy.json", "grype.json" })
        {
            var content = Fixture.Bytes(name);
            using var stream = new PortionedStream(content, portion);
            var result = await ScanReportReader.ReadAsync(stream, TestContext.Current.CancellationToken);

            Assert.Equal(Fixture.Describe(ScanReportReader.Read(content)), Fixture.Describe(result));
        }
    }

    [Theory]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(500_000)]
    [InlineData(4_000_000)]
    public async Task A_long_text_crosses_the_buffers_edge(int length)
    {
        var content = Fixture.Edit("trivy.json", root =>
        {
            root.TrivyRow()["Description"] = new string('é', length / 2) + "\\\"";
            root.TrivyRow()["Last"] = 1;
        });
        using var stream = new MemoryStream(content);
        var result = await ScanReportReader.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.True(result.IsReport, result.Problem?.Message);
        Assert.Equal(Fixture.Describe(ScanReportReader.Read(content)), Fixture.Describe(result));
        Assert.Equal(content.Length, result.Report.Size);
    }

    [Fact]
    public async Task An_empty_stream_is_an_empty_report()
    {
        var result = await ScanReportReader.ReadAsync(Stream.Null, TestContext.Current.CancellationToken);

        Assert.Equal(ReasonCode.ReportEmpty, result.Problem?.Reason);
    }

    [Fact]
    public async Task Cancelling_ends_the_reading()
    {
        using var stream = new MemoryStream(Fixture.Bytes("trivy.json"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await ScanReportReader.ReadAsync(stream, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_stream_that_fails_is_a_fault_and_no_report()
    {
        using var stream = new PortionedStream(Fixture.Bytes("trivy.json"), 100) { FailsAt = 1000 };

        await Assert.ThrowsAsync<IOException>(async () => await ScanReportReader.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    private sealed class PortionedStream(byte[] content, int portion) : MemoryStream(content)
    {
        public long FailsAt { get; init; } = long.MaxValue;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, portion));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= FailsAt
                ? throw new IOException("the line went dead")
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, portion)], cancellationToken);
    }
}
