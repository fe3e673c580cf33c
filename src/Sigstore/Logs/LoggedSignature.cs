// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The signature that an entry has to be about. An entry that was recorded for anything else proves nothing of this one, however sound
/// it is.
/// </summary>
internal sealed class LoggedSignature
{
    /// <summary>The signature's bytes.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The key that it has to verify with.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The certificate of that key; null for a key that is managed otherwise.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>The envelope that was signed; null for a signature over an artifact's own bytes.</summary>
    public Envelope? Envelope { get; init; }

    /// <summary>The artifact's digest; null for an envelope.</summary>
    public Digest? Artifact { get; init; }

    /// <summary>What timestamp authorities saw: the signature, or all of an envelope where cosign kept one under a tag.</summary>
    public ReadOnlyMemory<byte> Stamped { get => field.IsEmpty ? Signature : field; init; }

    /// <summary>Whether a PEM block is of this certificate, or of this key where there is none.</summary>
    public bool IsPemOfSigner(ReadOnlySpan<byte> pem)
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
