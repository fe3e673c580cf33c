// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// The exact bytes a signature covers. Only the DSSE encoding and the simple-signing reader make one, so no key of
/// this product can be made to sign bytes of somebody's choosing.
/// </summary>
/// <remarks>
/// Safe for use by several threads; digests are computed once. The payload must not change meanwhile.
/// </remarks>
public sealed class ToBeSigned
{
    // A small message is hashed in one call from the stack; a large one is never copied.
    private const int OneShot = 2048;

    private readonly byte[] _header;
    private readonly ReadOnlyMemory<byte> _payload;
    private byte[]? _message;
    private byte[]? _sha256;
    private byte[]? _sha384;
    private byte[]? _sha512;

    internal ToBeSigned(byte[] header, ReadOnlyMemory<byte> payload)
    {
        _header = header;
        _payload = payload;
    }

    /// <summary>The whole message, for schemes that sign it rather than a digest; built on first use.</summary>
    public ReadOnlySpan<byte> Message
    {
        get
        {
            if (_header.Length == 0)
                return _payload.Span;

            return _message ??= [.. _header, .. _payload.Span];
        }
    }

    /// <summary>The digest of the message that <paramref name="algorithm"/> signs.</summary>
    /// <exception cref="ArgumentException">Ed25519, which signs the message itself.</exception>
    public ReadOnlySpan<byte> DigestFor(SigningAlgorithm algorithm)
    {
        var digest = algorithm.DigestAlgorithm();
        if (digest == HashAlgorithmName.SHA256)
            return _sha256 ??= Hash(digest, SHA256.HashSizeInBytes);
        return digest == HashAlgorithmName.SHA384
            ? _sha384 ??= Hash(digest, SHA384.HashSizeInBytes)
            : _sha512 ??= Hash(digest, SHA512.HashSizeInBytes);
    }

    private byte[] Hash(HashAlgorithmName algorithm, int size)
    {
        var digest = new byte[size];
        var length = _header.Length + _payload.Length;
        if (_header.Length == 0)
        {
            CryptographicOperations.HashData(algorithm, _payload.Span, digest);
        }
        else if (length <= OneShot)
        {
            Span<byte> message = stackalloc byte[OneShot];
            _header.CopyTo(message);
            _payload.Span.CopyTo(message[_header.Length..]);
            CryptographicOperations.HashData(algorithm, message[..length], digest);
        }
        else
        {
            using var hash = IncrementalHash.CreateHash(algorithm);
            hash.AppendData(_header);
            hash.AppendData(_payload.Span);
            hash.GetHashAndReset(digest);
        }

        return digest;
    }
}
