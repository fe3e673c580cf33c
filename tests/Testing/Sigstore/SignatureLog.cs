// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Testing.Sigstore;

/// <summary>
/// A log of signatures as Rekor is one: version 1 promises with the time and shows a sharded tree, version 2 shows its one tree at once.
/// It records whatever body it is given.
/// </summary>
public sealed class SignatureLog : IDisposable
{
    private static readonly byte[] Ed25519Prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly TimeProvider _clock;
    private readonly bool _isVersion2;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Ed25519Reference _edwards = new(RandomNumberGenerator.GetBytes(32));
    private readonly List<byte[]> _leaves = [];
    private int _recorded;

    public SignatureLog(TimeProvider clock, string host, bool isVersion2)
    {
        _clock = clock;
        Host = host;
        _isVersion2 = isVersion2;
        // Entries of others.
        for (var i = 0; i < 5; i++)
            _leaves.Add(Leaf(Encoding.ASCII.GetBytes($"entry {i}")));
    }

    /// <summary>Its name.</summary>
    public string Host { get; }

    /// <summary>Its key, SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => _isVersion2 ? [.. Ed25519Prefix, .. _edwards.PublicKey] : _key.ExportSubjectPublicKeyInfo();

    /// <summary>The kind of that key, as trust roots name it.</summary>
    public string KeyDetails => _isVersion2 ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256";

    /// <summary>Its id.</summary>
    public byte[] Id => _isVersion2
        ? SHA256.HashData([.. Encoding.UTF8.GetBytes(Host), (byte)'\n', 1, .. _edwards.PublicKey])
        : SHA256.HashData(PublicKey);

    /// <summary>How many bodies it recorded.</summary>
    public int Recorded => Volatile.Read(ref _recorded);

    /// <summary>Records a body and shows it, as a bundle's entry.</summary>
    /// <param name="kind">The kind of record.</param>
    /// <param name="version">The version of that kind.</param>
    /// <param name="body">The record.</param>
    /// <param name="age">How long ago it says it took the entry.</param>
    public JsonObject Record(string kind, string version, byte[] body, TimeSpan age = default)
    {
        lock (_leaves)
            return Append(kind, version, body, age);
    }

    private JsonObject Append(string kind, string version, byte[] body, TimeSpan age)
    {
        _leaves.Add(Leaf(body));
        _recorded++;
        var index = _leaves.Count - 1;
        // Later entries of others.
        _leaves.Add(Leaf("a later entry"u8));
        var entry = new JsonObject
        {
            ["logIndex"] = (_isVersion2 ? index : GlobalIndexOf(index)).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(Id) },
            ["kindVersion"] = new JsonObject { ["kind"] = kind, ["version"] = version },
            ["inclusionProof"] = Prove(index),
            ["canonicalizedBody"] = Convert.ToBase64String(body),
        };
        if (!_isVersion2)
        {
            var time = (_clock.GetUtcNow() - age).ToUnixTimeSeconds();
            entry["integratedTime"] = time.ToString(System.Globalization.CultureInfo.InvariantCulture);
            entry["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(Promise(body, time, GlobalIndexOf(index))) };
        }

        return entry;
    }

    public void Dispose() => _key.Dispose();

    private static int GlobalIndexOf(int index) => 1_000_000 + index;

    private byte[] Promise(byte[] body, long time, int index) => Sign(Encoding.UTF8.GetBytes(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$"""{"body":"{{Convert.ToBase64String(body)}}","integratedTime":{{time}},"logID":"{{Convert.ToHexStringLower(Id)}}","logIndex":{{index}}}""")));

    private JsonObject Prove(int index)
    {
        var root = RootOf(0, _leaves.Count);
        var origin = _isVersion2 ? Host : $"{Host} - 4711";
        var text = $"{origin}\n{_leaves.Count}\n{Convert.ToBase64String(root)}\n";
        var signature = Sign(Encoding.UTF8.GetBytes(text));
        return new JsonObject
        {
            ["logIndex"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["rootHash"] = Convert.ToBase64String(root),
            ["treeSize"] = _leaves.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["hashes"] = new JsonArray([.. Path(index, 0, _leaves.Count).Select(node => (JsonNode)Convert.ToBase64String(node))]),
            ["checkpoint"] = new JsonObject { ["envelope"] = $"{text}\n— {Host} {Convert.ToBase64String([.. Id.AsSpan(0, 4), .. signature])}\n" },
        };
    }

    private byte[] Sign(byte[] message) => _isVersion2
        ? _edwards.Sign(message)
        : _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private List<byte[]> Path(int index, int from, int count)
    {
        if (count == 1)
            return [];

        var left = SplitOf(count);
        return index < left
            ? [.. Path(index, from, left), RootOf(from + left, count - left)]
            : [.. Path(index - left, from + left, count - left), RootOf(from, left)];
    }

    private byte[] RootOf(int from, int count)
    {
        if (count == 1)
            return _leaves[from];

        var left = SplitOf(count);
        return SHA256.HashData([1, .. RootOf(from, left), .. RootOf(from + left, count - left)]);
    }

    private static byte[] Leaf(ReadOnlySpan<byte> body) => SHA256.HashData([0, .. body]);

    // The largest power of two below the count; RFC 6962 §2.1.
    private static int SplitOf(int count)
    {
        var split = 1;
        while (split * 2 < count)
            split *= 2;
        return split;
    }
}
