// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// A policy, the attestors it refers to, all others that have a say in whether their members count, and the trust roots of these, as they
/// were written; and the keys that their URIs stood for.
/// </summary>
internal sealed record PolicyForms(IReadOnlyList<PolicyForm> Documents, IReadOnlyList<KeyForm> Keys)
{
    internal static PolicyForms Write(PolicySet policies, SigningPolicy policy, List<RecordedPiece> pieces)
    {
        var attestors = policy.Attestors.Select(policies.FindAttestor).OfType<AttestorDefinition>()
            .Union(SignerTrust.HasSay(policy, policies)).OrderBy(attestor => attestor.Name, StringComparer.Ordinal).ToList();
        return new PolicyForms(
            [
                .. attestors.Select(attestor => attestor.Revision).Concat(TrustRootsOf(policies, policy, attestors)).Prepend(policy.Revision)
                    .Select(revision => Write(revision, policies.FileOf(revision), pieces)),
            ],
            [
                .. attestors.SelectMany(attestor => attestor.Members)
                    .Where(member => member is { KeyUri: not null, PublicKey: not null })
                    .Select(member => new KeyForm(member.KeyUri!, member.PublicKey!))
                    .DistinctBy(key => key.Uri, StringComparer.Ordinal).OrderBy(key => key.Uri, StringComparer.Ordinal),
            ]);
    }

    // Those that documents define: what is built in is there when the record is read.
    private static IEnumerable<Digest> TrustRootsOf(PolicySet policies, SigningPolicy policy, IReadOnlyList<AttestorDefinition> attestors)
    {
        var named = attestors.SelectMany(attestor => attestor.Members).Select(member => member.Witnesses?.TrustRoot)
            .Append(policy.Transparency?.TrustRoot).ToHashSet(StringComparer.Ordinal);
        return policies.TrustRoots.Where(root => named.Contains(root.Name)).Select(root => root.Revision);
    }

    private static PolicyForm Write(Digest revision, PolicyFile file, List<RecordedPiece> pieces)
    {
        var piece = new RecordedPiece("policy", file.Content);
        pieces.Add(piece);
        return new PolicyForm(revision, piece.Digest, file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>A document by its revision; as it was written it is the piece <paramref name="Piece"/>.</summary>
internal sealed record PolicyForm(Digest Revision, Digest Piece, bool IsJson);

/// <summary>What a key URI stood for.</summary>
internal sealed record KeyForm(string Uri, PublicKey Key);
