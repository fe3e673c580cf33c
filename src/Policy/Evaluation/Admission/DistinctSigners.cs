// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Counts by distinct signers.</summary>
internal static class DistinctSigners
{
    /// <summary>
    /// How many of the parts can each be given a signer of its own: a maximum matching of parts to signers.
    /// </summary>
    internal static int Assign(IReadOnlyList<IReadOnlyList<Principal>> parts)
    {
        var owner = new Dictionary<Principal, int>();
        return Enumerable.Range(0, parts.Count).Count(part => TryAssign(part, parts, owner, []));
    }

    private static bool TryAssign(
        int part, IReadOnlyList<IReadOnlyList<Principal>> parts, Dictionary<Principal, int> owner, HashSet<Principal> tried)
    {
        foreach (var signer in parts[part])
        {
            if (tried.Add(signer) && (!owner.TryGetValue(signer, out var other) || TryAssign(other, parts, owner, tried)))
            {
                owner[signer] = part;
                return true;
            }
        }

        return false;
    }
}
