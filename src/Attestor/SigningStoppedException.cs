// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>What a request is signed on no longer holds. What was signed by then stays on record, and nothing more of it is shown or stored.</summary>
internal sealed class SigningStoppedException(ReasonCode reason, string message) : Exception(message)
{
    /// <summary>POLICY_CHANGED, REPORT_SUPERSEDED, or why a key no longer counts.</summary>
    public ReasonCode Reason { get; } = reason;
}
