// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.LedgerCommands;
using SupplyChain.Cli.Policies;
using SupplyChain.Hosting;
using SupplyChain.Ledger;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>The options of commands that look keys up: policies, a ledger, and how keys are reached.</summary>
internal sealed class KeyArguments(Surroundings surroundings)
{
    private readonly KeyAccess _access = new(surroundings);

    private readonly PolicyArguments _policies = new(surroundings);

    private readonly Option<string?> _ledger = LedgerOption();

    public static Option<string?> LedgerOption() => new("--ledger")
    {
        Description = "The attestor's ledger, for what was signed with the keys; it is only read",
        HelpName = "FILE",
    };

    /// <summary>Opens a ledger that the user named; null if none was.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static LedgerReader? OpenLedger(string? path) =>
        path is null ? null : new LedgerReader(LedgerCommand.Existing(path));

    public void AddTo(Command command)
    {
        _policies.AddTo(command);
        command.Options.Add(_ledger);
        _access.AddTo(command);
    }

    /// <summary>Reads all that the options name; the caller disposes the ledger.</summary>
    public async Task<(KeyServices Services, PolicySet? Policies, LedgerReader? Ledger)> ReadAsync(
        ParseResult parsed, CancellationToken cancellationToken)
    {
        var services = await _access.ReadAsync(parsed, cancellationToken);
        var policies = await _policies.ReadAsync(parsed, cancellationToken);
        return (services, policies, OpenLedger(parsed.GetValue(_ledger)));
    }
}
