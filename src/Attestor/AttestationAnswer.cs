// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>How a request ended.</summary>
public abstract class AttestationAnswer
{
    private AttestationAnswer()
    {
    }

    /// <summary>A policy was evaluated; the decision says how it came out, and an approval names what was stored.</summary>
    public sealed class Decided(Decision decision, bool isRecorded, TimeSpan? retryAfter = null) : AttestationAnswer
    {
        /// <summary>The decision.</summary>
        public Decision Decision { get; } = decision;

        /// <summary>Whether the ledger holds it; a check-only decision is not recorded.</summary>
        public bool IsRecorded { get; } = isRecorded;

        /// <summary>When asking again is worth it, where evidence could not be had and its source said so.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;
    }

    /// <summary>No policy was evaluated: the request is malformed, not authorised, or another is in its way.</summary>
    public sealed class Rejected(ReasonCode reason, string message, TimeSpan? retryAfter = null) : AttestationAnswer
    {
        /// <summary>Why.</summary>
        public ReasonCode Reason { get; } = reason;

        /// <summary>What was expected and what was found, fit for the requester's eyes.</summary>
        public string Message { get; } = message;

        /// <summary>When asking again is worth it.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;
    }

    /// <summary>
    /// The policy approved, but a dependency failed before everything was stored. What was recorded is taken up by the
    /// same request, asked again, or by the next start.
    /// </summary>
    public sealed class Interrupted(ReasonCode reason, string message, TimeSpan? retryAfter = null) : AttestationAnswer
    {
        /// <summary>Why.</summary>
        public ReasonCode Reason { get; } = reason;

        /// <summary>What failed.</summary>
        public string Message { get; } = message;

        /// <summary>When asking again is worth it.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;
    }
}
