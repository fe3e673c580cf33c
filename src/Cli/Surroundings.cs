// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli;

/// <summary>All that a command sees of the process it runs in.</summary>
internal sealed record Surroundings
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress and complaints.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether people read the results.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether people read progress and complaints.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Asks for a secret without echoing it; absent where nobody can answer.</summary>
    public Func<string, string>? AskSecret { get; init; }

    /// <summary>An environment variable's value.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The page that results are written to.</summary>
    public Screen OutScreen() => new(Out, OutIsTerminal && WantsColours);

    /// <summary>The page that complaints are written to.</summary>
    public Screen ErrorScreen() => new(Error, ErrorIsTerminal && WantsColours);

    // https://no-color.org: any value but the empty one.
    private bool WantsColours =>
        string.IsNullOrEmpty(Variable("NO_COLOR"))
        && !string.Equals(Variable("TERM"), "dumb", StringComparison.Ordinal);

    /// <summary>The surroundings of this process.</summary>
    public static Surroundings OfProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        AskSecret = Console.IsInputRedirected || Console.IsErrorRedirected ? null : ReadSecret,
        Variable = Environment.GetEnvironmentVariable,
    };

    private static string ReadSecret(string prompt)
    {
        Console.Error.Write(prompt + ": ");
        var secret = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace)
                secret.Length = Math.Max(0, secret.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                secret.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return secret.ToString();
    }
}
