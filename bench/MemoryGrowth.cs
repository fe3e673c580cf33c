// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using SupplyChain.Scanning;

namespace SupplyChain.Bench;

/// <summary>
/// How much reading a report makes a process grow. A process of its own reads it, since one that has done other work holds memory
/// that the reading would use without growing.
/// </summary>
internal static class MemoryGrowth
{
    /// <summary>The argument that makes this program that process.</summary>
    public const string Measure = "measure-growth";

    /// <summary>Reads a report in a process of its own, and returns by how many mebibytes that grew.</summary>
    /// <param name="small">A small report of the same format, read before: what the code itself takes, once, is not the report's.</param>
    /// <param name="large">The report.</param>
    /// <param name="findings">How many findings it has.</param>
    public static async Task<double> MeasureAsync(string small, string large, int findings)
    {
        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [typeof(MemoryGrowth).Assembly.Location, Measure, small, large, findings.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0
            ? long.Parse(output, CultureInfo.InvariantCulture) / 1024.0 / 1024
            : throw new InvalidOperationException($"the child process ended with exit code {child.ExitCode}");
    }

    /// <summary>Prints by how many bytes the most that was resident exceeds what was before.</summary>
    public static async Task PrintAsync(string small, string large, int findings)
    {
        await ReadAsync(small, findings: 1);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // Makes the kernel forget the peak so far; proc(5), clear_refs.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        var idle = Peak();
        await ReadAsync(large, findings);
        await Console.Out.WriteLineAsync((Peak() - idle).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task ReadAsync(string path, int findings)
    {
        await using var stream = File.OpenRead(path);
        var read = await ScanReportReader.ReadAsync(stream, CancellationToken.None);
        if (read.Report?.Findings.Count != findings)
            throw new InvalidOperationException(read.Problem?.Message ?? "findings were lost");
    }

    private static long Peak()
    {
        const string field = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan()[field.Length..^"kB".Length], NumberStyles.Integer, CultureInfo.InvariantCulture) * 1024;
    }
}
