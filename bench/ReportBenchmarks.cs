// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Scanning;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>Writes a report with so many findings, whose descriptions have so many characters.</summary>
internal delegate void WriteReport(Stream target, int findings, int description);

/// <summary>Reading reports, beside tokenising and hashing the same bytes; and the memory that takes.</summary>
internal static class ReportBenchmarks
{
    private const int Findings = 2_000;
    private const double LeastRatio = 0.6;

    private const int KeptFindings = 1_000;
    private const int LargeReport = 200_000_000;
    private const double AllowedMebibytes = 96;

    public static Task<Result> ReadTrivyAsync() => ReadAsync("Report.ReadTrivy", TrivyReport.Write);

    public static Task<Result> ReadGrypeAsync() => ReadAsync("Report.ReadGrype", GrypeReport.Write);

    public static Task<Result> ReadSarifAsync() => ReadAsync("Report.ReadSarif", SarifReport.Write);

    public static Task<Result> ReadCycloneDxAsync() => ReadAsync("Report.ReadCycloneDx", CycloneDxReport.Write);

    public static Task<Result> MemoryTrivyAsync() => MemoryAsync("Report.MemoryTrivy", TrivyReport.Write, LargeReport / KeptFindings);

    // The description of a rule comes three times, and there are two rules for three results.
    public static Task<Result> MemorySarifAsync() => MemoryAsync("Report.MemorySarif", SarifReport.Write, LargeReport / KeptFindings / 2);

    public static Task<Result> MemoryCycloneDxAsync() => MemoryAsync("Report.MemoryCycloneDx", CycloneDxReport.Write, LargeReport / KeptFindings);

    private static async Task<Result> ReadAsync(string name, WriteReport write)
    {
        var content = Write(write, Findings);
        var (ratio, nanoseconds) = await Pairing.CompareAsync(
            () =>
            {
                var reader = new Utf8JsonReader(content);
                while (reader.Read())
                {
                    // The floor does nothing with a token but find it.
                }

                SHA256.HashData(content);
                return ValueTask.CompletedTask;
            },
            async () =>
            {
                using var stream = new MemoryStream(content, writable: false);
                var read = await ScanReportReader.ReadAsync(stream, CancellationToken.None);
                if (read.Report?.Findings.Count != Findings)
                    throw new InvalidOperationException(read.Problem?.Message ?? "findings were lost");
            });
        return new Result(name, ratio, LeastRatio, content.Length / (nanoseconds / 1e9) / 1e6, "MB/s-tokens-and-sha256");
    }

    /// <summary>How much a report of 200 MB with 1,000 findings makes a process grow: the ratio is the allowance ÷ the growth.</summary>
    private static async Task<Result> MemoryAsync(string name, WriteReport write, int description)
    {
        using var folder = new TempFolder();
        var (small, large) = (folder["small.json"], folder["large.json"]);
        await File.WriteAllBytesAsync(small, Write(write, findings: 1));
        await using (var file = File.Create(large))
            write(file, KeptFindings, description);

        var growth = await MemoryGrowth.MeasureAsync(small, large, KeptFindings);
        return new Result(
            name, AllowedMebibytes / growth, 1.0, growth, $"MiB-above-idle-for-{new FileInfo(large).Length / 1_000_000}-MB");
    }

    private static byte[] Write(WriteReport write, int findings)
    {
        using var content = new MemoryStream();
        write(content, findings, SampleFinding.UsualDescription);
        return content.ToArray();
    }
}
