// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A program to run as a process of its own: a real component as <c>eng/setup.sh</c> installs it, or one of ours.</summary>
public sealed class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private Tool(string path) => Path = path;

    /// <summary>Where the program lies.</summary>
    public string Path { get; }

    /// <summary>The folder that it runs in; the tests' own by default.</summary>
    public string? Folder { get; private init; }

    /// <summary>The program of that name; skips or fails the running test where it is absent, as <see cref="Programs.Require"/> does.</summary>
    public static Tool Require(string name) => new(Programs.Require(name));

    /// <summary>The program in that file.</summary>
    public static Tool At(string path) => new(path);

    /// <summary>The same program, run in that folder.</summary>
    public Tool In(string folder) => new(Path) { Folder = folder };

    /// <summary>Runs the program to its end and returns what it said, whatever its exit code.</summary>
    public async Task<ToolResult> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellationToken)
    {
        using var process = Start(arguments, environment);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var line = $"{Path} {string.Join(' ', arguments)}";
        try
        {
            await process.WaitForExitAsync(bounded.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{line} did not end within {Patience}", late);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        return new ToolResult(line, process.ExitCode, await output, await error);
    }

    /// <summary>Starts the program as a service and waits until it says where it listens.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What to add to its environment.</param>
    /// <param name="announcement">The words in its output that its address follows.</param>
    /// <param name="cancellationToken">Ends the waiting, and then the program.</param>
    public Task<Daemon> ServeAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string announcement,
        CancellationToken cancellationToken) =>
        Daemon.WatchAsync(Start(arguments, environment), Path, announcement, cancellationToken);

    private Process Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Path} did not start");
        process.StandardInput.Close();
        return process;
    }
}

/// <summary>How a program ended.</summary>
public sealed record ToolResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>This result, if the program ended with 0; otherwise the test fails with all that the program said.</summary>
    public ToolResult Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    /// <summary>This result, if the program ended with another code than 0 and said <paramref name="reason"/>.</summary>
    public ToolResult Refused(string reason)
    {
        Assert.True(ExitCode != 0, ToString());
        Assert.True((Output + Error).Contains(reason, StringComparison.Ordinal), $"no '{reason}' in: {this}");
        return this;
    }

    /// <summary>The command, its exit code and all that it said.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{CommandLine}\nexit code {ExitCode}\n{Output}\n{Error}");
}
