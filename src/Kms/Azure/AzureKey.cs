// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Azure;

/// <summary>One version of a key in a vault.</summary>
/// <param name="access">Makes the requests.</param>
/// <param name="version">Which key, with its version.</param>
/// <param name="publicKey">Its public half.</param>
internal sealed class AzureKey(AzureAccess access, AzureKeyUri version, PublicKey publicKey) : ISigningKey
{
    public string Id => version.ToString();

    public PublicKey PublicKey => publicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var content = new JsonObject
        {
            ["alg"] = AzureJsonKey.NameOf(publicKey.Algorithm),
            ["value"] = Base64Url.EncodeToString(message.DigestFor(publicKey.Algorithm)),
        };
        return await access.CallAsync(version, "sign", content, new(Id, "keys/sign"), Read, ct);
    }

    private byte[] Read(JsonElement answer)
    {
        var signer = answer.Text("kid");
        if (signer is null || answer.Text("value") is not { } encoded || !TryDecode(encoded, out var signature))
            throw KmsException.Unavailable($"Azure Key Vault answered for {Id} without a signature");
        if (AzureKeyUri.OfIdentifier(signer) != version)
        {
            throw new KmsException(
                ReasonCode.KmsBadSignature, $"Azure Key Vault says that {Printable.Escape(signer)} signed; expected {Id}");
        }

        if (WidthOf(publicKey.Algorithm) is not { } width)
            return signature;

        return FixedWidthSignature.TryToDer(signature, width, out var der)
            ? der
            : throw new KmsException(
                ReasonCode.KmsBadSignature, $"key {Id} returned a signature of {signature.Length} bytes; expected {2 * width}");
    }

    private static bool TryDecode(string encoded, out byte[] signature)
    {
        signature = [];
        if (!Base64Url.IsValid(encoded))
            return false;

        signature = Base64Url.DecodeFromChars(encoded);
        return true;
    }

    private static int? WidthOf(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.EcdsaP256Sha256 => 32,
        SigningAlgorithm.EcdsaP384Sha384 => 48,
        SigningAlgorithm.EcdsaP521Sha512 => 66,
        _ => null,
    };
}
