// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys list</c>: every key of every attestor, and how much it was used.</summary>
internal static class KeysListCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var arguments = new KeyArguments(surroundings);
        var output = CommonOptions.Output();
        var command = new Command(
            "list", "List the keys of attestors with their states, and with what a ledger knows of them");
        arguments.AddTo(command);
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (services, policies, ledger) = await arguments.ReadAsync(parsed, cancellationToken);
            using (ledger)
            {
                if (policies is null)
                    throw CommandFailure.BadInput("say which attestors with --policy");

                var keys = await new KeyInventory(services, ledger).ReadAsync(policies, cancellationToken);
                if (parsed.GetValue(output) == OutputFormat.Json)
                    surroundings.Out.Write(KeyJson.Write(keys) + "\n");
                else
                    Write(surroundings.OutScreen(), keys, ledger is not null);
                return keys.SelectMany(key => key.Warnings).Any(warning => warning.Reason?.IsRetryable == true)
                    ? ExitCodes.Unreachable
                    : ExitCodes.Done;
            }
        });
        return command;
    }

    private static void Write(Screen screen, IReadOnlyList<KeyRecord> keys, bool hasLedger)
    {
        var table = new Columns();
        string[] heads = ["ATTESTOR", "PURPOSE", "STATE", "WINDOW", "ALGORITHM", "KEY ID"];
        string[] used = hasLedger ? ["FIRST USED", "LAST USED", "IMAGES"] : [];
        table.Add(0, [.. heads.Concat(used).Append("KEY").Select(head => new Cell(head, Tone.Faint))]);
        foreach (var key in keys)
        {
            var cells = new List<Cell>
            {
                new(key.Attestor, Tone.Strong),
                key.Purpose is { } purpose ? KeyWords.Of(purpose) : "-",
                new(key.State ?? "not in policy", KeyWords.ToneOf(key.Member?.State)),
                key.Member is { } member ? KeyWords.Window(member) : "-",
                key.PublicKey is { } known ? known.Algorithm.Name() : "-",
                key.Id is { } id ? KeyWords.Short(id) : "-",
            };
            if (hasLedger)
            {
                cells.Add(key.FirstUsed is { } first ? KeyWords.Of(first) : "-");
                cells.Add(key.LastUsed is { } last ? KeyWords.Of(last) : "-");
                cells.Add(key.Images.ToString(CultureInfo.InvariantCulture));
            }

            cells.Add(key.Uri ?? "(public key in the policy)");
            table.Add(0, [.. cells]);
        }

        table.WriteTo(screen);
        foreach (var key in keys)
            WriteWarnings(screen, key);
    }

    public static void WriteWarnings(Screen screen, KeyRecord key)
    {
        foreach (var warning in key.Warnings)
        {
            var reason = warning.Reason is { } code ? $"{code}: " : "";
            screen.Write("! ", Tone.Doubt)
                .Line($"{key.Attestor} {key.Uri ?? key.Id?.ToString() ?? ""}: {reason}{warning.Message}");
        }
    }
}
