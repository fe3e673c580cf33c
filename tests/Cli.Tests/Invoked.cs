// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli;

namespace SupplyChain.Cli.Tests;

/// <summary>One run of the command line inside this process, and what it left behind.</summary>
internal sealed record Invoked(int ExitCode, string Out, string Error)
{
    public static Task<Invoked> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static async Task<Invoked> RunAsync(
        Dictionary<string, string> variables, string[] arguments, Action<Signals>? started = null,
        bool terminal = false,
        Func<string, string>? askSecret = null,
        TimeProvider? clock = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var signals = new Signals();
        started?.Invoke(signals);
        var surroundings = new Surroundings
        {
            Out = output,
            Error = error,
            OutIsTerminal = terminal,
            ErrorIsTerminal = terminal,
            AskSecret = askSecret,
            Variable = name => variables.GetValueOrDefault(name),
            Clock = clock ?? TimeProvider.System,
        };
        var exitCode = await CommandLine.RunAsync(arguments, surroundings, signals);
        return new Invoked(exitCode, output.ToString(), error.ToString());
    }
}
