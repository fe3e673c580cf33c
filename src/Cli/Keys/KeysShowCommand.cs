// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys show</c>: all that is known of a key, and what depends on it.</summary>
internal static class KeysShowCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var name = new Argument<string>("KEY")
        {
            Description = "A key's URI, the first digits of its public key's id, a key file, or an attestor for all of "
                + "its keys",
        };
        var arguments = new KeyArguments(surroundings);
        var output = CommonOptions.Output();
        var command = new Command(
            "show", "Show a key, and what still depends on it: every image that was signed with it or approved on its evidence")
        {
            name,
        };
        arguments.AddTo(command);
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (services, policies, ledger) = await arguments.ReadAsync(parsed, cancellationToken);
            using (ledger)
            {
                if (policies is null && ledger is null)
                    throw CommandFailure.BadInput("say where to look with --policy, --ledger or both");

                var inventory = new KeyInventory(services, ledger);
                var text = parsed.GetRequiredValue(name);
                var keys = await inventory.ReadAsync(policies, cancellationToken);
                if (KeySelection.WholeId(text) is { } id && !keys.Any(key => key.Id == id)
                    && await inventory.FindAsync(id, policies is not null, cancellationToken) is { } unlisted)
                {
                    keys = [unlisted];
                }

                var found = new List<(KeyRecord Key, KeyDependents? Dependents)>();
                foreach (var key in await KeySelection.FindAsync(text, keys, services, cancellationToken))
                {
                    found.Add((key, await KeyDependents.FindAsync(ledger, key, cancellationToken)));
                }

                if (parsed.GetValue(output) == OutputFormat.Json)
                    surroundings.Out.Write(KeyJson.Write(found) + "\n");
                else
                    Write(surroundings.OutScreen(), found, ledger is not null);
                return ExitCodes.Done;
            }
        });
        return command;
    }

    private static void Write(Screen screen, List<(KeyRecord Key, KeyDependents? Dependents)> keys, bool hasLedger)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (i > 0)
                screen.Line();
            Write(screen, keys[i].Key);
            if (keys[i].Dependents is { } dependents)
                WriteDependents(screen.Line(), keys[i].Key, dependents);
            else if (hasLedger)
                screen.Line().Line(KeyDependents.Unknown, Tone.Doubt);
        }
    }

    private static void WriteDependents(Screen screen, KeyRecord key, KeyDependents dependents)
    {
        dependents.Write(screen);
        if (!dependents.IsEmpty && (key.Vouched is not null || key.Member?.State == MemberState.Revoked))
            screen.Line($"Where the key is in other hands, {KeyDependents.Remedy}.");
    }

    private static void Write(Screen screen, KeyRecord key)
    {
        screen.Write(key.Attestor, Tone.Strong)
            .Write(key.Purpose is { } purpose ? $"  {KeyWords.Of(purpose)}  " : "  ")
            .Line(key.State ?? "not in policy", KeyWords.ToneOf(key.Member?.State));
        var table = new Columns();
        Add("Key", key.Uri);
        Add("Version", key.Pins is [.., var last] ? last.KeyId : null);
        Add("Public key", key.PublicKey?.ToString() ?? key.Id?.ToString() ?? "unknown");
        Add("Counts", key.Member is { } member ? KeyWords.Window(member) : null);
        Add("Written at", key.Member?.Location.ToString());
        Add("First used", key.FirstUsed is { } first ? KeyWords.Of(first) : key.Pins is null ? null : "never");
        Add("Last used", key.LastUsed is { } used ? KeyWords.Of(used) : null);
        table.WriteTo(screen);
        KeysListCommand.WriteWarnings(screen, key);

        void Add(string label, string? value)
        {
            if (value is not null)
                table.Add(2, new Cell(label, Tone.Faint), value);
        }
    }
}
