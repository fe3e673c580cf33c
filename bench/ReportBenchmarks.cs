// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SupplyChain.Scanning;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>Reading a Trivy report, beside tokenising and hashing the same bytes.</summary>
internal static class ReportBenchmarks
{
    private const long LargestGrowth = 64L * 1024 * 1024;

    public static async Task<Result> ReadTrivyAsync()
    {
        var content = Encoding.UTF8.GetBytes(Report(findings: 1_000, padding: 2_000));
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
                if (read.Report?.Findings.Count != 1_000)
                    throw new InvalidOperationException(read.Problem?.Message ?? "findings were lost");
            });
        return new Result("Report.ReadTrivy", ratio, 0.6, content.Length / (nanoseconds / 1e9) / 1e6, "MB/s-tokens-and-sha256");
    }

    /// <summary>How much a 100 MB report with 10,000 findings makes the process grow: the ratio is the allowance ÷ the growth.</summary>
    public static async Task<Result> MemoryAsync()
    {
        using var folder = new TempFolder();
        var path = folder["report.json"];
        // Written piece by piece: a report that was once in memory would hide what reading it takes.
        await using (var file = new StreamWriter(path))
        {
            foreach (var part in Parts(findings: 10_000, padding: 10_000))
                await file.WriteAsync(part);
        }

        var size = new FileInfo(path).Length;
        await WarmUpAsync();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var idle = Resident();
        var peak = idle;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, Resident());
                await Task.Delay(5);
            }
        });
        await using (var stream = File.OpenRead(path))
        {
            var read = await ScanReportReader.ReadAsync(stream, CancellationToken.None);
            if (read.Report?.Findings.Count != 10_000)
                throw new InvalidOperationException(read.Problem?.Message ?? "findings were lost");
        }

        await stop.CancelAsync();
        await watching;
        var growth = Math.Max(1, peak - idle);
        return new Result(
            "Report.Memory", (double)LargestGrowth / growth, 1.0, growth / 1024.0 / 1024, $"MiB-above-idle-for-{size / 1_000_000}-MB");
    }

    private static async Task WarmUpAsync()
    {
        using var small = new MemoryStream(Encoding.UTF8.GetBytes(Report(findings: 1, padding: 10)));
        var read = await ScanReportReader.ReadAsync(small, CancellationToken.None);
        if (read.Report is null)
            throw new InvalidOperationException(read.Problem?.Message);
    }

    private static long Resident()
    {
        var fields = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    // Rows like real ones: short fields that are kept, and a long description and references that are not.
    private static string Report(int findings, int padding) => string.Concat(Parts(findings, padding));

    private static IEnumerable<string> Parts(int findings, int padding)
    {
        var description = new string('d', padding);
        yield return
            """{"SchemaVersion":2,"Trivy":{"Version":"0.58.1"},"CreatedAt":"2026-11-22T10:00:00Z","ArtifactName":"bench","ArtifactType":"container_image","Metadata":{"OS":{"Family":"debian","Name":"12.8"},"ImageID":"sha256:0000000000000000000000000000000000000000000000000000000000000000"},"Results":[{"Target":"bench (debian 12.8)","Class":"os-pkgs","Type":"debian","Vulnerabilities":[""";
        for (var i = 0; i < findings; i++)
        {
            if (i > 0)
                yield return ",";
            yield return string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $$$$"""{"VulnerabilityID":"CVE-2026-{{{{i:00000}}}}","PkgID":"package-{{{{i % 300}}}}@1.0.{{{{i}}}}","PkgName":"package-{{{{i % 300}}}}","PkgIdentifier":{"PURL":"pkg:deb/debian/package-{{{{i % 300}}}}@1.0.{{{{i}}}}?arch=amd64\u0026distro=debian-12.8"},"InstalledVersion":"1.0.{{{{i}}}}","FixedVersion":"1.1.{{{{i}}}}","Status":"fixed","Layer":{"DiffID":"sha256:1111111111111111111111111111111111111111111111111111111111111111"},"SeveritySource":"debian","Severity":"HIGH","PrimaryURL":"https://avd.example.com/CVE-2026-{{{{i:00000}}}}","Title":"A title of the usual length for such a thing","Description":"{{{{description}}}}","References":["https://example.com/a","https://example.com/b"],"CVSS":{"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","V3Score":9.8}}}""");
        }

        yield return "]}]}";
    }
}
