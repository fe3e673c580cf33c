// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Scanning;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>Reading a Trivy report, beside tokenising and hashing the same bytes.</summary>
internal static class ReportBenchmarks
{
    /// <summary>The argument that makes this program the child process of <see cref="MemoryAsync"/>.</summary>
    public const string MeasureGrowth = "measure-growth";

    private const long LargestGrowth = 64L * 1024 * 1024;
    private const int ManyFindings = 10_000;

    // Together with the other members of a row this makes a report of 100 MB.
    private const int LongDescription = 6_200;

    public static async Task<Result> ReadTrivyAsync()
    {
        var content = TrivyReport.Of(findings: 1_000);
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
                Require(await ScanReportReader.ReadAsync(stream, CancellationToken.None), findings: 1_000);
            });
        return new Result("Report.ReadTrivy", ratio, 0.6, content.Length / (nanoseconds / 1e9) / 1e6, "MB/s-tokens-and-sha256");
    }

    /// <summary>
    /// How much a 100 MB report with 10,000 findings makes a process grow: the ratio is the allowance ÷ the growth. A process of its
    /// own reads it, since one that has done other work holds memory that the reading would use without growing.
    /// </summary>
    public static async Task<Result> MemoryAsync()
    {
        using var folder = new TempFolder();
        var path = folder["report.json"];
        await using (var file = File.Create(path))
            TrivyReport.Write(file, ManyFindings, LongDescription);

        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [typeof(ReportBenchmarks).Assembly.Location, MeasureGrowth, path])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"the child process ended with exit code {child.ExitCode}");

        var growth = long.Parse(output, CultureInfo.InvariantCulture);
        return new Result(
            "Report.Memory", (double)LargestGrowth / growth, 1.0, growth / 1024.0 / 1024,
            $"MiB-above-idle-for-{new FileInfo(path).Length / 1_000_000}-MB");
    }

    /// <summary>Reads a report and prints by how many bytes the most that was resident exceeds what was before.</summary>
    public static async Task PrintGrowthAsync(string path)
    {
        // What the code itself takes, once, is not the report's.
        using (var small = new MemoryStream(TrivyReport.Of(findings: 1)))
            Require(await ScanReportReader.ReadAsync(small, CancellationToken.None), findings: 1);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // Makes the kernel forget the peak so far; proc(5), clear_refs.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        var idle = Resident("VmHWM");
        await using (var stream = File.OpenRead(path))
            Require(await ScanReportReader.ReadAsync(stream, CancellationToken.None), ManyFindings);
        await Console.Out.WriteLineAsync((Resident("VmHWM") - idle).ToString(CultureInfo.InvariantCulture));
    }

    private static void Require(ScanReportResult read, int findings)
    {
        if (read.Report?.Findings.Count != findings)
            throw new InvalidOperationException(read.Problem?.Message ?? "findings were lost");
    }

    private static long Resident(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan()[(field.Length + 1)..^"kB".Length], NumberStyles.Integer, CultureInfo.InvariantCulture) * 1024;
    }
}
