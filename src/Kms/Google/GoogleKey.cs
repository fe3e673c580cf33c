// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Google;

/// <summary>One version of a key of Google Cloud KMS.</summary>
/// <param name="access">Makes the requests.</param>
/// <param name="version">The version's resource name.</param>
/// <param name="publicKey">Its public half.</param>
internal sealed class GoogleKey(GoogleAccess access, string version, PublicKey publicKey) : ISigningKey
{
    /// <summary>Bytes of a message that is signed as such.</summary>
    private const int LongestMessage = 64 * 1024;

    public string Id => GoogleKeyUri.Of(version);

    public PublicKey PublicKey => publicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var (content, confirmation) = ContentFor(message);
        return await access.PostAsync(
            $"{version}:asymmetricSign", content, new(Id, "cloudkms.cryptoKeyVersions.useToSign", "roles/cloudkms.signer"),
            answer => Read(answer, confirmation), ct);
    }

    private (JsonObject Content, string Confirmation) ContentFor(ToBeSigned message)
    {
        if (publicKey.Algorithm == SigningAlgorithm.Ed25519)
        {
            var data = message.Message;
            return data.Length <= LongestMessage
                ? (new JsonObject { ["data"] = Convert.ToBase64String(data), ["dataCrc32c"] = Crc32C.Text(data) }, "verifiedDataCrc32c")
                : throw KmsException.Unusable(
                    $"{Id} is an Ed25519 key, of which Google Cloud KMS signs messages of at most {LongestMessage} bytes; this one has "
                    + $"{data.Length}. Use an ECDSA or RSA key");
        }

        var digest = message.DigestFor(publicKey.Algorithm);
        var content = new JsonObject
        {
            ["digest"] = new JsonObject { [GoogleKeyAlgorithm.DigestNameOf(publicKey.Algorithm)] = Convert.ToBase64String(digest) },
            ["digestCrc32c"] = Crc32C.Text(digest),
        };
        return (content, "verifiedDigestCrc32c");
    }

    private byte[] Read(JsonElement answer, string confirmation)
    {
        var signer = answer.Text("name");
        if (signer is null)
            throw KmsException.Unavailable($"Google Cloud KMS answered for {Id} without the name of the key that signed");
        if (!string.Equals(signer, version, StringComparison.Ordinal))
        {
            throw new KmsException(
                ReasonCode.KmsBadSignature, $"Google Cloud KMS says that {Printable.Escape(signer)} signed; expected {version}");
        }

        // A false member may be left out.
        if (!(answer.TryGetProperty(confirmation, out var confirmed) && confirmed.ValueKind is JsonValueKind.True))
            throw KmsException.Unavailable($"Google Cloud KMS does not confirm the checksum of what {Id} was to sign");
        if (!answer.TryGetProperty("signature", out var encoded) || encoded.ValueKind is not JsonValueKind.String
            || !encoded.TryGetBytesFromBase64(out var signature))
        {
            throw KmsException.Unavailable($"Google Cloud KMS answered for {Id} without a signature");
        }

        return string.Equals(answer.Text("signatureCrc32c"), Crc32C.Text(signature), StringComparison.Ordinal)
            ? signature
            : throw KmsException.Unavailable($"the checksum of the signature by {Id} is wrong: it was damaged on its way");
    }
}
