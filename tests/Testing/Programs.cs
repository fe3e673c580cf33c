// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Xunit;

namespace SupplyChain.Testing;

/// <summary>Programs of others that tests run as peers, as <c>eng/setup.sh</c> installs them.</summary>
public static class Programs
{
    // Those of the checkout first: they are of the versions that the tests are written for.
    private static IEnumerable<string> Folders =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified)
            .Prepend(Path.Combine(SharedFiles.RepositoryRoot, ".tools", "bin"));

    /// <summary>
    /// The path of a program, from the checkout's <c>.tools/bin</c> or the search path. Where it is absent the running test is skipped, or
    /// fails when <c>CI</c> is <c>true</c>: there a missing component would hide what is not tested.
    /// </summary>
    public static string Require(string name) => RequireFile(name, Folders.Select(folder => Path.Combine(folder, name)));

    /// <summary>The first of these files that is there; what is none of them is treated as a missing program is.</summary>
    public static string RequireFile(string name, IEnumerable<string> paths) =>
        RequireFile(name, paths, mayBeMissing: Environment.GetEnvironmentVariable("CI") is not "true");

    /// <summary>The same, where it is known whether the running test may be skipped.</summary>
    public static string RequireFile(string name, IEnumerable<string> paths, bool mayBeMissing)
    {
        var path = paths.FirstOrDefault(File.Exists);
        var problem = $"component missing: {name}; run ./eng/setup.sh";
        Assert.SkipWhen(path is null && mayBeMissing, problem);
        Assert.True(path is not null, problem);
        return path;
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
