// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using SupplyChain.Cli.Attest;
using SupplyChain.Cli.Bundles;
using SupplyChain.Cli.Inspect;
using SupplyChain.Cli.Keys;
using SupplyChain.Cli.LedgerCommands;
using SupplyChain.Cli.Policies;
using SupplyChain.Cli.Serve;
using SupplyChain.Cli.Verify;

namespace SupplyChain.Cli;

/// <summary>The <c>supplychain</c> command: its parts, and how anything that goes wrong becomes an exit code.</summary>
internal static class CommandLine
{
    private const string Name = "supplychain";

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Also name the kind of fault when something goes wrong",
        Recursive = true,
    };

    /// <summary>Runs one command line; never throws, and never answers 0 for anything but success.</summary>
    public static async Task<int> RunAsync(string[] arguments, Surroundings surroundings, Signals signals)
    {
        var root = Create(surroundings, signals);
        // No response files and no directives: an argument that starts with @ or [ is an argument.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
            return await ComplainAsync(parsed, surroundings);

        var verbose = parsed.GetValue(Verbose);
        try
        {
            return await parsed.InvokeAsync(Invocation(surroundings), signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            surroundings.ErrorScreen().Line($"{Name}: stopped");
            return signals.ExitCode;
        }
        catch (Exception exception)
        {
            var fault = Fault.Of(exception);
            var screen = surroundings.ErrorScreen();
            foreach (var line in fault.Lines)
                screen.Line($"{Name}: {line}" + (verbose ? $" [{exception.GetType().FullName}]" : ""));
            return fault.ExitCode;
        }
    }

    private static RootCommand Create(Surroundings surroundings, Signals signals)
    {
        var root = new RootCommand(
            """
            Signs container images that pass their checks, and lets only such images run.

            Exit codes: 0 allowed or done, 1 refused or denied, 2 wrong usage, configuration or input,
            3 no answer because something could not be reached (try again), 130 interrupted,
            143 terminated; a service ends with 0 then.
            """)
        {
            AttestCommand.Create(surroundings),
            AttestorCommand.Create(surroundings, signals),
            BundleCommand.Create(surroundings),
            InspectCommand.Create(surroundings),
            KeysCommand.Create(surroundings),
            LedgerCommand.Create(surroundings),
            PolicyCommand.Create(surroundings),
            VerifierCommand.Create(surroundings, signals),
            VerifyCommand.Create(surroundings),
        };
        root.Directives.Clear();
        root.Options.Add(Verbose);
        var version = root.Options.OfType<VersionOption>().Single();
        version.Action = new VersionAction(surroundings.Out);
        return root;
    }

    private static async Task<int> ComplainAsync(ParseResult parsed, Surroundings surroundings)
    {
        var command = parsed.CommandResult.Command;
        var screen = surroundings.ErrorScreen();
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            // The name of a group alone asks what there is.
            var help = command.Parse(["--help"]);
            var settings = Invocation(surroundings);
            settings.Output = surroundings.Error;
            await help.InvokeAsync(settings, CancellationToken.None);
        }

        foreach (var error in parsed.Errors)
            screen.Line($"{Name}: {error.Message}");
        screen.Line($"Try '{PathOf(parsed)} --help'.");
        return ExitCodes.BadInput;
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult command)
                names.Insert(0, command.Command is RootCommand ? Name : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    // Signals and faults are handled here, in one place, with our exit codes.
    private static InvocationConfiguration Invocation(Surroundings surroundings) => new()
    {
        Output = surroundings.Out,
        Error = surroundings.Error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    private sealed class VersionAction(TextWriter output) : System.CommandLine.Invocation.SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
            output.Write($"{Name} {version?.InformationalVersion}\n");
            return ExitCodes.Done;
        }
    }
}
