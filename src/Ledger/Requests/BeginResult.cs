// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Ledger.Requests;

/// <summary>What became of an attempt to start a request.</summary>
public abstract class BeginResult
{
    private BeginResult()
    {
    }

    /// <summary>Nobody has asked this before: do the work.</summary>
    public sealed class Started(RequestLease lease) : BeginResult
    {
        /// <summary>The right to do it.</summary>
        public RequestLease Lease { get; } = lease;
    }

    /// <summary>An earlier worker got as far as recording an intent and then no further: finish the work.</summary>
    public sealed class Resumed(RequestLease lease, OpenRequest open) : BeginResult
    {
        /// <summary>The right to do it.</summary>
        public RequestLease Lease { get; } = lease;

        /// <summary>How far it got.</summary>
        public OpenRequest Open { get; } = open;
    }

    /// <summary>The same request was answered before: this is the answer.</summary>
    public sealed class Done(RecordedDecision decision) : BeginResult
    {
        /// <summary>The recorded answer.</summary>
        public RecordedDecision Decision { get; } = decision;
    }

    /// <summary>The same request is being worked on.</summary>
    public sealed class InProgress(DateTimeOffset until) : BeginResult
    {
        /// <summary>When asking again is worth it.</summary>
        public DateTimeOffset Until { get; } = until;
    }

    /// <summary>The idempotency key belongs to a request that asks for something else.</summary>
    public sealed class Conflict : BeginResult;
}
