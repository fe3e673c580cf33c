// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <summary>A request that never reached a policy.</summary>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Message">One sentence; escaped and cut by the ledger, since it may quote the request.</param>
public sealed record Rejection(ReasonCode Reason, string Message)
{
    /// <summary>Who asked, if that was established.</summary>
    public DecisionRequester? Requester { get; init; }

    /// <summary>What was named as the image, whatever it was; escaped and cut by the ledger.</summary>
    public string? Image { get; init; }
}
