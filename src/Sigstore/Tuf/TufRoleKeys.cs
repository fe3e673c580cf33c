// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Whose signatures a role's metadata needs, and how many of them.</summary>
internal sealed class TufRoleKeys
{
    private readonly Dictionary<string, PublicKey?> _keys = new(StringComparer.Ordinal);
    private readonly int _threshold;

    /// <summary>Reads a role.</summary>
    /// <exception cref="ProtoException">It names a key twice or one that is not there, or has a threshold that nothing or everything meets.</exception>
    public TufRoleKeys(ProtoElement role, IReadOnlyDictionary<string, PublicKey?> keys)
    {
        foreach (var id in role.List("keyids", Limits.TufKeys))
        {
            if (!keys.TryGetValue(id.Text, out var key))
                throw new ProtoException($"{id.Path} names the key '{Printable.Escape(id.Text)}', which is not among the keys");
            if (!_keys.TryAdd(id.Text, key))
                throw new ProtoException($"{id.Path} names the key '{Printable.Escape(id.Text)}' again");
        }

        var threshold = role.Required("threshold");
        _threshold = threshold.Whole;
        if (_threshold > _keys.Count)
            throw new ProtoException(string.Create(
                CultureInfo.InvariantCulture, $"{threshold.Path} is {_threshold}; expected at most {_keys.Count}, the number of keys"));
    }

    /// <summary>Says who is missing; null when enough distinct keys signed.</summary>
    public string? FindProblem(string signers, TufMetadata document)
    {
        var signed = new HashSet<PublicKey>();
        foreach (var (id, signature) in document.Signatures)
        {
            if (_keys.GetValueOrDefault(id) is { } key && !signed.Contains(key) && key.Verify(document.Canonical, signature))
                signed.Add(key);
        }

        return signed.Count >= _threshold ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{document} is signed by {signed.Count} distinct keys of {signers}; expected {_threshold} of {_keys.Count}");
    }

    /// <summary>Whether each of these keys is among <paramref name="later"/> too, so that nobody was replaced.</summary>
    public bool AreAllIn(TufRoleKeys later) => _keys.Keys.All(later._keys.ContainsKey);
}
