// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// VEX documents that were attested of one image. One that cannot be read stays among them and says nothing: evaluation names it, and
/// nothing is set aside or taken back by it.
/// </summary>
internal sealed class GatheredVex
{
    private static readonly (string Type, VexFormat Format)[] Formats =
    [
        (PredicateTypes.OpenVex, VexFormat.OpenVex), ("https://cyclonedx.org/bom", VexFormat.CycloneDx),
        ("https://spdx.dev/Document", VexFormat.Spdx),
    ];

    private readonly Dictionary<(Digest, PublicKey), VexEvidence> _all = [];

    /// <summary>The documents.</summary>
    internal IReadOnlyList<VexEvidence> All => [.. _all.Values];

    /// <summary>Adds what a statement carries, once, wherever it was found.</summary>
    internal void Add(VerifiedStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (_all.ContainsKey((statement.Digest, statement.Key)))
            return;

        if (VexReader.TryRead(statement.PredicateContent, out var document, out var problem)
            && !IsOf(statement.PredicateType, document.Format))
        {
            problem = $"it is of another format than {Printable.Escape(statement.PredicateType)} is registered for";
            document = null;
        }

        _all.Add((statement.Digest, statement.Key), new VexEvidence
        {
            Digest = statement.Digest,
            Document = document,
            Problem = problem,
            PredicateType = statement.PredicateType,
            Images = [.. statement.Subjects.Select(subject => subject.Sha256).OfType<Digest>()],
            Source = EvidenceSource.Attested,
            SignedBy = statement.Key,
        });
    }

    // A type that is registered for a format carries that one; with or without a version behind it.
    private static bool IsOf(string type, VexFormat format) => Formats.All(known =>
        known.Format == format || (type != known.Type && !type.StartsWith(known.Type + "/", StringComparison.Ordinal)));
}
