// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>What came of a post.</summary>
public abstract class EvidenceAnswer
{
    private EvidenceAnswer()
    {
    }

    /// <summary>Every report is on record. The same reports again get the same answer and leave no other record.</summary>
    public sealed class Known(ImageReference image, IReadOnlyList<KnownReport> reports, IReadOnlyList<Decision> lapsed) : EvidenceAnswer
    {
        /// <summary>The image.</summary>
        public ImageReference Image { get; } = image;

        /// <summary>What the reports were bound to.</summary>
        public IReadOnlyList<KnownReport> Reports { get; } = reports;

        /// <summary>By which policies the image was signed and no longer passes, as the decisions that are on record.</summary>
        public IReadOnlyList<Decision> Lapsed { get; } = lapsed;
    }

    /// <summary>Nothing of it is on record as evidence: one report is of no use, or the post itself is not.</summary>
    public sealed class Rejected(ReasonCode reason, string message, TimeSpan? retryAfter = null) : EvidenceAnswer
    {
        /// <summary>Why.</summary>
        public ReasonCode Reason { get; } = reason;

        /// <summary>What was expected and what was found, fit for the poster's eyes.</summary>
        public string Message { get; } = message;

        /// <summary>What to do about it, where that is something else than the reason says for itself.</summary>
        public string? Remedy { get; init; }

        /// <summary>When posting again is worth it.</summary>
        public TimeSpan? RetryAfter { get; } = retryAfter;
    }
}

/// <summary>A posted report and what it is about.</summary>
/// <param name="Digest">The digest of its bytes.</param>
/// <param name="Scanner">Scanner and version, by its own words.</param>
/// <param name="Covers">The platform manifest it is about.</param>
/// <param name="Platform">That platform, where it is known.</param>
/// <param name="Binds">Whether later requests need this report or a newer one; false where a newer one is known.</param>
public sealed record KnownReport(Digest Digest, string Scanner, Digest Covers, string? Platform, bool Binds);
