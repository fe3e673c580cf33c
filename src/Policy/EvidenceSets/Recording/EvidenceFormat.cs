// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// The normal form of what a decision was made on: one root that names everything else by digest. The same inputs give the same
/// bytes, and what is read is written again and compared, so that there is one spelling only.
/// </summary>
/// <remarks>
/// Scans are kept as what was read of the report, never as the report; statements as the bytes that were signed, with the signature, or as the
/// bundle they came in, so that they are verified again when they are read back; documents of the request as they were sent, so that they are bound again. Of threat data there is what it says about the findings at hand.
/// </remarks>
public static class EvidenceFormat
{
    /// <summary>
    /// The version of the form. It changes whenever a member comes, goes or means something else; older forms are not replayed.
    /// </summary>
    public const int Version = 2;

    /// <summary>Writes what <paramref name="policy"/> was evaluated on.</summary>
    /// <returns>
    /// Every piece, the root first; null when one is larger than <see cref="Limits.LedgerDocumentBytes"/>, and then it cannot be kept.
    /// </returns>
    public static IReadOnlyList<RecordedPiece>? Write(PolicySet policies, SigningPolicy policy, EvidenceSet evidence)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(evidence);
        var pieces = new List<RecordedPiece>();
        var root = new BasisForm(
            Version, PolicyForms.Write(policies, policy, pieces), new EvidenceWriter(pieces).Write(evidence));
        pieces.Insert(0, new RecordedPiece("basis", JsonSerializer.SerializeToUtf8Bytes(root, EvidenceJson.Form.BasisForm)));
        return pieces.TrueForAll(piece => piece.Content.Length <= Limits.LedgerDocumentBytes) ? pieces : null;
    }

    /// <summary>Reads a root.</summary>
    /// <param name="content">The root's bytes.</param>
    /// <param name="basis">The root, when the result is <see langword="true"/>.</param>
    /// <param name="problem">Why it cannot be replayed, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> content, [NotNullWhen(true)] out RecordedBasis? basis, [NotNullWhen(false)] out string? problem)
    {
        basis = null;
        if (VersionOf(content) is not { } version)
        {
            problem = "what it was made on is not in the form that this product writes";
            return false;
        }

        if (version != Version)
        {
            problem = $"what it was made on is in form {version}; this version replays form {Version}";
            return false;
        }

        basis = Canonical.Read(content, EvidenceJson.Form.BasisForm) is { } form ? new RecordedBasis(form) : null;
        problem = basis is null ? "what it was made on is not in the form that this product writes" : null;
        return basis is not null;
    }

    private static int? VersionOf(ReadOnlyMemory<byte> content)
    {
        if (!StrictJson.TryParse(content, out var document, out _))
            return null;

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out var number)
                    ? number
                    : null;
        }
    }
}
