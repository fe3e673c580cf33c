// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>When something may be trusted; both ends are inside.</summary>
/// <param name="Start">The first moment. Without one there is no moment at which it may be.</param>
/// <param name="End">The last moment; null where none is known yet.</param>
public sealed record ValidityPeriod(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>Whether <paramref name="time"/> is inside.</summary>
    public bool Contains(DateTimeOffset time) => Start is { } start && start <= time && (End is not { } end || time <= end);

    /// <summary>The ends, as messages show them.</summary>
    public override string ToString() =>
        $"{(Start is { } start ? Rfc3339.Write(start) : "never")} to {(End is { } end ? Rfc3339.Write(end) : "further notice")}";
}
