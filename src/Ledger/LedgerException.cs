// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <summary>
/// The ledger cannot be written or read (<see cref="ReasonCode.AuditUnavailable"/>), or a request's lease was lost to
/// another worker (<see cref="ReasonCode.RequestInProgress"/>). In both cases nothing was recorded and nothing may be
/// signed or published on the strength of the call.
/// </summary>
public sealed class LedgerException(ReasonCode reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why, from the closed list.</summary>
    public ReasonCode Reason { get; } = reason;
}
