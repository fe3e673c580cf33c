// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Ledger;

/// <summary>Where a ledger lies and how its writers share it.</summary>
public sealed record LedgerOptions
{
    /// <summary>The database file; created when absent, for the owner alone to read, with its folder.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// How long a worker may go without a sign of life before another may take its request over. Default 30 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a write waits for another process that is writing. Default 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The database may have at most this many pages; stands in for a full disk.</summary>
    internal int? MaximumPages { get; init; }
}
