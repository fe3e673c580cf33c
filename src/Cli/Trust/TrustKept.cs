// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Cli.Trust;

/// <summary>Reads what an update kept, verified once more.</summary>
internal static class TrustKept
{
    /// <summary>What is kept; null where nothing is.</summary>
    /// <exception cref="CommandFailure">It cannot be used.</exception>
    public static TufUpdate? Read(TrustStart start, ParseResult parsed)
    {
        var (root, state) = (start.Root(parsed), start.State(parsed));
        if (!state.TryRead(out var archive, out var damaged))
            throw TrustView.Failure(damaged);
        if (archive.IsEmpty)
            return null;

        var kept = TufMemory.Recall(root, archive, TufTargetName.TrustedRoot);
        return kept.IsDone ? kept : throw TrustView.Failure(kept.Problem);
    }

    /// <summary>Nothing is kept where something was asked for.</summary>
    public static CommandFailure Nothing(TrustStart start, ParseResult parsed) =>
        CommandFailure.BadInput($"there is no {start.State(parsed).Path}; run supplychain trust update first");
}
