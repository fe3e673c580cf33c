// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Vault;

/// <summary>One version of a key of the transit engine.</summary>
internal sealed class VaultKey(VaultAccess access, string name, int version, PublicKey publicKey) : ISigningKey
{
    public string Id { get; } = VaultKeyUri.Write(name, version);

    public PublicKey PublicKey => publicKey;

    public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        var path = publicKey.Algorithm == SigningAlgorithm.Ed25519 ? $"sign/{name}" : $"sign/{name}/{DigestName()}";
        var data = await access.SendAsync(
            path, VaultJson.Write(json => WriteRequest(json, message)), $"a signature by {Id}", ("update", $"sign/{name}/*"), ct)
            ?? throw KmsException.Unusable($"Vault has no {Id}, or its transit engine is mounted elsewhere");
        return ReadSignature(data.Text("signature"));
    }

    private void WriteRequest(Utf8JsonWriter json, ToBeSigned message)
    {
        json.WriteNumber("key_version", version);
        if (publicKey.Algorithm == SigningAlgorithm.Ed25519)
        {
            json.WriteBase64String("input", message.Message);
            return;
        }

        json.WriteBase64String("input", message.DigestFor(publicKey.Algorithm));
        json.WriteBoolean("prehashed", true);
        if (publicKey.Algorithm is SigningAlgorithm.RsaPkcs1Sha256 or SigningAlgorithm.RsaPssSha256)
        {
            var isPss = publicKey.Algorithm is SigningAlgorithm.RsaPssSha256;
            json.WriteString("signature_algorithm", isPss ? "pss" : "pkcs1v15");
            if (isPss)
                json.WriteString("salt_length", "hash");
        }
        else
        {
            json.WriteString("marshaling_algorithm", "asn1");
        }
    }

    private string DigestName() => publicKey.Algorithm.DigestAlgorithm().Name switch
    {
        "SHA256" => "sha2-256",
        "SHA384" => "sha2-384",
        "SHA512" => "sha2-512",
        _ => throw new UnreachableException(),
    };

    // vault:vN:BASE64
    private byte[] ReadSignature(string? text)
    {
        var parts = text?.Split(':') ?? [];
        if (parts is not ["vault", ['v', .. var number], var base64]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var signedBy)
            || !CanonicalBase64.TryDecode(base64, Limits.SignatureLength, out var signature))
        {
            throw KmsException.Unavailable($"Vault answered without a signature for {Id}; expected vault:v{version}:BASE64");
        }

        return signedBy == version
            ? signature
            : throw new KmsException(ReasonCode.KmsBadSignature, $"Vault says that version {signedBy} signed; expected {Id}");
    }
}
