// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Counts by distinct keys.</summary>
internal static class DistinctKeys
{
    /// <summary>
    /// How many of the parts can each be given a key of its own: a maximum matching of parts to keys.
    /// </summary>
    internal static int Assign(IReadOnlyList<IReadOnlyList<PublicKey>> parts)
    {
        var owner = new Dictionary<PublicKey, int>();
        return Enumerable.Range(0, parts.Count).Count(part => TryAssign(part, parts, owner, []));
    }

    private static bool TryAssign(
        int part, IReadOnlyList<IReadOnlyList<PublicKey>> parts, Dictionary<PublicKey, int> owner,
        HashSet<PublicKey> tried)
    {
        foreach (var key in parts[part])
        {
            if (tried.Add(key) && (!owner.TryGetValue(key, out var other) || TryAssign(other, parts, owner, tried)))
            {
                owner[key] = part;
                return true;
            }
        }

        return false;
    }
}
