// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The signature that an entry has to be about. An entry that was recorded for anything else proves nothing of this one, however sound
/// it is.
/// </summary>
public sealed class LoggedSignature
{
    internal LoggedSignature()
    {
    }

    /// <summary>The signature's bytes.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The key that it has to verify with.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The certificate of that key; null for a key that is managed otherwise.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>The envelope that was signed; null for a signature over an artifact's own bytes.</summary>
    public Envelope? Envelope { get; init; }

    /// <summary>The artifact; null for an envelope.</summary>
    public Artifact? Artifact { get; init; }

    /// <summary>What timestamp authorities saw: the signature, or all of an envelope where cosign kept one under a tag.</summary>
    public ReadOnlyMemory<byte> Stamped { get => field.IsEmpty ? Signature : field; init; }

    /// <summary>A signature over an envelope's content.</summary>
    /// <param name="envelope">The envelope with the signature.</param>
    /// <param name="key">The key that it was made with.</param>
    public static LoggedSignature Of(Envelope envelope, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(key);
        return new LoggedSignature { Signature = envelope.Signature, Key = key, Envelope = envelope };
    }

    /// <summary>A signature over an artifact's own bytes.</summary>
    /// <param name="artifact">The artifact's digest, by the function that the key signs.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="key">The key that it was made with.</param>
    public static LoggedSignature Of(Digest artifact, ReadOnlyMemory<byte> signature, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(key);
        return new LoggedSignature { Signature = signature, Key = key, Artifact = artifact };
    }

    /// <summary>The same signature where <paramref name="certificate"/> is what names the key.</summary>
    /// <exception cref="ArgumentException">The certificate is of another key.</exception>
    public LoggedSignature With(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.Key.Equals(Key)
            ? new LoggedSignature { Signature = Signature, Key = Key, Certificate = certificate, Envelope = Envelope, Artifact = Artifact, Stamped = Stamped }
            : throw new ArgumentException("The certificate is of another key.", nameof(certificate));
    }

    /// <summary>Whether a PEM block is of this certificate, or of this key where there is none.</summary>
    internal bool IsPemOfSigner(ReadOnlySpan<byte> pem)
    {
        var text = Encoding.ASCII.GetString(pem);
        var label = Certificate is null ? "PUBLIC KEY" : "CERTIFICATE";
        var expected = Certificate?.Der ?? Key.Spki;
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan(fields.Label).SequenceEqual(label)
            || !text.AsSpan(0, fields.Location.Start.Value).IsWhiteSpace() || !text.AsSpan(fields.Location.End.Value).IsWhiteSpace())
        {
            return false;
        }

        var content = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text.AsSpan(fields.Base64Data), content, out var written)
            && content.AsSpan(0, written).SequenceEqual(expected.Span);
    }
}
