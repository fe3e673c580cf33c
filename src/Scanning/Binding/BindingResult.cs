// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning;

/// <summary>How firmly a report is tied to an image.</summary>
public enum BindingKind
{
    /// <summary>Not at all.</summary>
    Refused,

    /// <summary>By a digest in the report that was matched with what the registry serves.</summary>
    Proven,

    /// <summary>Only by whoever sent it: the report names no digest.</summary>
    Asserted,
}

/// <summary>What <see cref="ReportBinding"/> found.</summary>
public sealed record BindingResult
{
    private BindingResult(BindingKind kind, string message) => (Kind, Message) = (kind, message);

    /// <summary>How firmly the report is tied to the image.</summary>
    public BindingKind Kind { get; }

    /// <summary>The digest of the platform manifest that the report covers; null when refused.</summary>
    public Digest? Covers { get; private init; }

    /// <summary>Why it is refused, or why it is only asserted; null when proven.</summary>
    public ReasonCode? Reason { get; private init; }

    /// <summary>One sentence for people, safe to show.</summary>
    public string Message { get; }

    /// <summary>The digests that would have matched.</summary>
    public string? Expected { get; private init; }

    /// <summary>The digests that the report names.</summary>
    public string? Actual { get; private init; }

    internal static BindingResult Proven(Digest covers, string message) =>
        new(BindingKind.Proven, message) { Covers = covers };

    internal static BindingResult Asserted(Digest covers, ReasonCode reason, string message) =>
        new(BindingKind.Asserted, message) { Covers = covers, Reason = reason };

    internal static BindingResult Refused(ReasonCode reason, string message, string? expected = null, string? actual = null) =>
        new(BindingKind.Refused, message) { Reason = reason, Expected = expected, Actual = actual };
}
