// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>
/// The hash that chains the entries: SHA-256 over these fields in this order, each written as its length in bytes
/// (8 bytes, big-endian) followed by the bytes themselves.
/// <list type="number">
/// <item>the ASCII text <c>supplychain/ledger/entry/v1</c>, so that no other hash of this product is ever one of these;</item>
/// <item>the sequence number, 8 bytes big-endian;</item>
/// <item>the time in milliseconds since 1970-01-01T00:00:00Z, 8 bytes big-endian two's complement;</item>
/// <item>the kind's word in ASCII;</item>
/// <item>the request id in UTF-8, empty if there is none;</item>
/// <item>the body, UTF-8 JSON exactly as stored;</item>
/// <item>the 32 bytes of the previous entry's hash; 32 zero bytes before the first entry.</item>
/// </list>
/// An entry's attached content (the signed bytes of a signature entry) is covered through the digest and size that its
/// body names under <c>content</c>.
/// </summary>
public static class EntryHash
{
    /// <summary>What stands for the previous hash before the first entry: 32 zero bytes.</summary>
    public static Digest Genesis { get; } = Digest.FromSha256(new byte[SHA256.HashSizeInBytes]);

    /// <summary>Computes the hash of an entry.</summary>
    public static Digest Compute(
        long sequence, long milliseconds, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> request, ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> previous)
    {
        using var hash = new FieldHash("supplychain/ledger/entry/v1");
        hash.Add(sequence);
        hash.Add(milliseconds);
        hash.Add(kind);
        hash.Add(request);
        hash.Add(body);
        hash.Add(previous);
        return hash.Finish();
    }
}

/// <summary>SHA-256 over length-prefixed fields: no two different lists of fields have the same bytes.</summary>
internal sealed class FieldHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal FieldHash(string domain) => Add(domain);

    public void Dispose() => _hash.Dispose();

    internal void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    internal void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        Add(bytes);
    }

    internal void Add(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, field.Length);
        _hash.AppendData(length);
        _hash.AppendData(field);
    }

    internal Digest Finish() => Digest.FromSha256(_hash.GetHashAndReset());
}
