// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Attestor;
using SupplyChain.Cli.LedgerCommands;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary><c>policy simulate</c>: what changed policies would have decided of what was recorded.</summary>
internal static class PolicySimulateCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var ledger = new Option<string>("--ledger") { Description = "The ledger's file", HelpName = "FILE", Required = true };
        var since = new Option<string?>("--since")
        {
            Description = "Only decisions from this time on: 2026-11-22T10:00:00Z, or as long ago as 24h or 30d (default: all)",
            HelpName = "TIME",
        };
        var output = new Option<SimulationFormat>("--output")
        {
            Description = "How to show the result: text for people (default), markdown for a merge request, json for programs",
            HelpName = "text|markdown|json",
            CustomParser = result => Parse(result.Tokens[0].Value) ?? Fail(result),
        };
        var policies = new PolicyArguments(surroundings);
        var command = new Command(
            "simulate", "Replay recorded decisions under changed policies of the same names; opens no key and fetches nothing")
        {
            ledger, since, output,
        };
        policies.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var changed = await policies.ReadAsync(parsed, cancellationToken)
                ?? throw CommandFailure.BadInput("--policy is missing: the policies as they would be");
            var from = parsed.GetValue(since) is { } time
                ? LedgerShowCommand.ParseTime(time, surroundings.Clock)
                : DateTimeOffset.UnixEpoch;
            using var reader = new LedgerReader(LedgerCommand.Existing(parsed.GetRequiredValue(ledger)));
            var simulation = new PolicySimulation(reader, changed);
            var summary = new SimulationSummary { Reviews = await simulation.CountReviewsAsync(from, cancellationToken) };
            await foreach (var replayed in simulation.RunAsync(from, cancellationToken))
                summary.Add(replayed);

            switch (parsed.GetValue(output))
            {
                case SimulationFormat.Json:
                    surroundings.Out.Write(SimulationJson.Write(summary) + "\n");
                    break;
                case SimulationFormat.Markdown:
                    SimulationMarkdown.Write(surroundings.Out, summary);
                    break;
                default:
                    SimulationText.Write(surroundings.OutScreen(), summary);
                    break;
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static SimulationFormat? Parse(string word) => word switch
    {
        "text" => SimulationFormat.Text,
        "markdown" => SimulationFormat.Markdown,
        "json" => SimulationFormat.Json,
        _ => null,
    };

    private static SimulationFormat Fail(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--output is text, markdown or json, not '{Printable.Escape(result.Tokens[0].Value)}'");
        return default;
    }
}

/// <summary>How a simulation is shown.</summary>
internal enum SimulationFormat
{
    Text,
    Markdown,
    Json,
}
