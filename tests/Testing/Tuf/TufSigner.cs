// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Testing.Tuf;

/// <summary>A key of a simulated TUF repository, with its form in root metadata.</summary>
public sealed class TufSigner
{
    private readonly Func<byte[], byte[]> _sign;

    private TufSigner(JsonObject key, Func<byte[], byte[]> sign)
    {
        Key = key;
        _sign = sign;
    }

    /// <summary>The key as root metadata has it; a test may change it.</summary>
    public JsonObject Key { get; }

    /// <summary>The id it goes by; by default that which its form has.</summary>
    public string Id
    {
        get => field ?? Convert.ToHexStringLower(SHA256.HashData(TufJson.Canonical(Key)));
        set;
    }

    public static TufSigner EcdsaP256() => Ecdsa(ECCurve.NamedCurves.nistP256, "ecdsa-sha2-nistp256", HashAlgorithmName.SHA256);

    public static TufSigner EcdsaP384() => Ecdsa(ECCurve.NamedCurves.nistP384, "ecdsa-sha2-nistp384", HashAlgorithmName.SHA384);

    public static TufSigner RsaPss()
    {
        var rsa = RSA.Create(2048);
        return new TufSigner(
            Form("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem()),
            message => rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    public static TufSigner Ed25519()
    {
        var key = new Ed25519Reference(RandomNumberGenerator.GetBytes(32));
        return new TufSigner(Form("ed25519", "ed25519", Convert.ToHexStringLower(key.PublicKey)), key.Sign);
    }

    /// <summary>The same key under another id.</summary>
    public TufSigner Twin()
    {
        var key = (JsonObject)Key.DeepClone();
        key["x-note"] = "again";
        return new TufSigner(key, _sign);
    }

    public byte[] Sign(byte[] message) => _sign(message);

    private static TufSigner Ecdsa(ECCurve curve, string scheme, HashAlgorithmName digest)
    {
        var key = ECDsa.Create(curve);
        return new TufSigner(
            Form("ecdsa", scheme, key.ExportSubjectPublicKeyInfoPem() + "\n"),
            message => key.SignData(message, digest, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static JsonObject Form(string type, string scheme, string @public) => new()
    {
        ["keytype"] = type,
        ["scheme"] = scheme,
        ["keyval"] = new JsonObject { ["public"] = @public },
        ["x-note"] = "a key for tests",
    };
}
