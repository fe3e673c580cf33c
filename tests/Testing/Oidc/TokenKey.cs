// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Oidc;

/// <summary>A key that a simulated issuer signs tokens with, written with the base library alone.</summary>
public sealed class TokenKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private TokenKey(string id, string algorithm, AsymmetricAlgorithm key)
    {
        Id = id;
        Algorithm = algorithm;
        _key = key;
    }

    /// <summary>The key's id.</summary>
    public string Id { get; }

    /// <summary>The algorithm its tokens name, such as <c>RS256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>Makes a key; RSA keys have <paramref name="rsaBits"/> bits.</summary>
    public static TokenKey Generate(string id, string algorithm = "ES256", int rsaBits = 2048) => new(id, algorithm, algorithm switch
    {
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(rsaBits),
    });

    /// <summary>The public half as a JSON Web Key with <c>kid</c>, <c>use</c> and <c>alg</c>.</summary>
    public JsonObject ToJwk()
    {
        var jwk = new JsonObject { ["kid"] = Id, ["use"] = "sig", ["alg"] = Algorithm };
        if (_key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            jwk["kty"] = "RSA";
            jwk["n"] = Base64Url.EncodeToString(parameters.Modulus);
            jwk["e"] = Base64Url.EncodeToString(parameters.Exponent);
        }
        else
        {
            var parameters = ((ECDsa)_key).ExportParameters(includePrivateParameters: false);
            jwk["kty"] = "EC";
            jwk["crv"] = Algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" };
            jwk["x"] = Base64Url.EncodeToString(parameters.Q.X);
            jwk["y"] = Base64Url.EncodeToString(parameters.Q.Y);
        }

        return jwk;
    }

    /// <summary>Signs under an algorithm of this key's kind, whatever the key itself is meant for.</summary>
    public byte[] Sign(byte[] data, string algorithm)
    {
        var hash = algorithm[2..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return _key is RSA rsa
            ? rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)_key).SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>The public half as DER, for key confusion attacks.</summary>
    public byte[] ExportSpki() => _key.ExportSubjectPublicKeyInfo();

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
