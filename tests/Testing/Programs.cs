// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Xunit;

namespace SupplyChain.Testing;

/// <summary>Programs of others that tests run as peers.</summary>
public static class Programs
{
    /// <summary>The path of a program; skips the running test where it is not installed.</summary>
    public static string Require(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed");
        return path!;
    }

    /// <summary>Runs a program to its end and returns what it wrote; fails the test if it failed.</summary>
    public static async Task<string> RunAsync(
        string name, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Require(name), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {await errors}{await output}");
        return await output;
    }
}
