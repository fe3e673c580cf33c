// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Finds a piece by its digest, which the finder has recomputed.</summary>
/// <param name="digest">The digest.</param>
/// <param name="content">The piece, when the result is <see langword="true"/>.</param>
/// <param name="problem">Why there is none, as a sentence about it, when it is not.</param>
public delegate bool PieceFinder(
    Digest digest, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? problem);

/// <summary>
/// Pieces as they are read back. Most decisions rest on the same few policies, which are read once; reports are not held, for hardly two
/// decisions share one. Safe for several threads, and what it answers does not depend on what was asked before.
/// </summary>
/// <param name="find">Finds pieces.</param>
public sealed class RecordedPieces(PieceFinder find)
{
    private readonly RecordedPolicies _policies = new(find);

    internal PolicySet? FindPolicies(PolicyForms forms, out string? problem) => _policies.Find(forms, out problem);

    internal bool TryFind(Digest digest, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? problem) =>
        find(digest, out content, out problem);

    internal ScanReport? FindReport(Digest digest, out string? problem)
    {
        if (!find(digest, out var content, out problem))
            return null;

        var report = Canonical.Read(content, EvidenceJson.Form.ScanReport);
        problem = report is null ? $"the scan {digest} is not in the form that this product writes" : null;
        return report;
    }
}
