// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SupplyChain.Testing.Sigstore;

/// <summary>A log of certificates that promises to record each one it is shown; RFC 6962 §3.</summary>
public sealed class CertificateLog(TimeProvider clock) : IDisposable
{
    /// <summary>Its key.</summary>
    public ECDsa Key { get; init; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The digest that it signs; its promises say SHA-256 whatever it is.</summary>
    public HashAlgorithmName Digest { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>Its key, SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => Key.ExportSubjectPublicKeyInfo();

    /// <summary>Its id.</summary>
    public byte[] Id => SHA256.HashData(PublicKey);

    /// <summary>Extensions of its promises, which are signed and mean nothing yet.</summary>
    public byte[] Extensions { get; init; } = [];

    /// <summary>When it says that it promised, in milliseconds since 1970; by its clock unless given.</summary>
    public ulong? Milliseconds { get; init; }

    /// <summary>The version that it names, whatever it signs; 0 is the one there is.</summary>
    public byte Version { get; init; }

    /// <summary>What stands behind the signature.</summary>
    public byte[] Behind { get; init; } = [];

    /// <summary>A list of one promise, for a certificate that does not carry it yet.</summary>
    /// <param name="certificate">The certificate's signed part.</param>
    /// <param name="issuerKey">The key of its issuer, SubjectPublicKeyInfo.</param>
    public byte[] Promise(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> issuerKey)
    {
        var time = UInt64(Milliseconds ?? (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds());
        byte[] message =
        [
            0, 0, .. time, 0, 1, .. SHA256.HashData(issuerKey), (byte)(certificate.Length >> 16), .. UInt16(certificate.Length & 0xffff), .. certificate,
            .. UInt16(Extensions.Length), .. Extensions,
        ];
        var signature = Key.SignData(message, Digest, DSASignatureFormat.Rfc3279DerSequence);
        byte[] promise = [Version, .. Id, .. time, .. UInt16(Extensions.Length), .. Extensions, 4, 3, .. UInt16(signature.Length), .. signature, .. Behind];
        return [.. UInt16(promise.Length + 2), .. UInt16(promise.Length), .. promise];
    }

    public void Dispose() => Key.Dispose();

    private static byte[] UInt16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] UInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
