// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>A key (ECDSA on P-256) that is made for one signature and lives in memory alone, for signers whom a certificate names.</summary>
public sealed class EphemeralKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Makes a key.</summary>
    public EphemeralKey()
    {
        if (!PublicKey.TryReadSpki(_key.ExportSubjectPublicKeyInfo(), out var key, out var problem))
            throw new CryptographicException(problem);
        Public = key;
    }

    /// <summary>Its public half.</summary>
    public PublicKey Public { get; }

    /// <summary>Signs.</summary>
    public byte[] Sign(ToBeSigned message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _key.SignHash(message.DigestFor(Public.Algorithm), DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Signs an artifact's own bytes.</summary>
    /// <param name="artifact">The SHA-256 of the artifact.</param>
    /// <exception cref="ArgumentException">It is another digest.</exception>
    public byte[] Sign(Digest artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return artifact.IsSha256
            ? _key.SignHash(Convert.FromHexString(artifact.Hex), DSASignatureFormat.Rfc3279DerSequence)
            : throw new ArgumentException("The artifact is named by its SHA-256.", nameof(artifact));
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Shows that whoever the token is about holds the key.</summary>
    internal byte[] Prove(string subject) =>
        _key.SignData(Encoding.UTF8.GetBytes(subject), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
