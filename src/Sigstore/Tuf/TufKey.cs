// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Reads keys of TUF's root metadata; TUF specification §4.2.</summary>
internal static class TufKey
{
    /// <summary>Reads a key, and holds its id against it.</summary>
    /// <returns>The key; null for a scheme that is not verified with here, which then counts for nothing.</returns>
    /// <exception cref="ProtoException">It is malformed, not of its scheme, or has another id.</exception>
    public static PublicKey? Read(string id, ProtoElement key)
    {
        // One key has one id, so that nobody is counted, or named by a role, under an id of choice.
        var expected = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(key)));
        if (!string.Equals(id, expected, StringComparison.Ordinal))
            throw new ProtoException($"{key.Path} has the id '{Printable.Escape(id)}'; expected {expected}, the SHA-256 of its canonical form");

        var type = key.Required("keytype").Text;
        var text = key.Required("keyval").Required("public");
        return (type, key.Required("scheme").Text) switch
        {
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => ReadPem(text, SigningAlgorithm.EcdsaP256Sha256),
            ("ecdsa" or "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384") => ReadPem(text, SigningAlgorithm.EcdsaP384Sha384),
            ("rsa", "rsassa-pss-sha256") => ReadPem(text, SigningAlgorithm.RsaPssSha256),
            ("ed25519", "ed25519") => ReadEd25519(text),
            _ => null,
        };
    }

    private static PublicKey ReadPem(ProtoElement text, SigningAlgorithm algorithm)
    {
        if (!PublicKey.TryParsePem(text.Text, out var key, out var problem))
            throw new ProtoException($"{text.Path}: {problem}");

        return key.Algorithms.Contains(algorithm)
            ? key.With(algorithm)
            : throw new ProtoException($"{text.Path} is a key for {key.Algorithm.Name()}; expected one for {algorithm.Name()}");
    }

    private static PublicKey ReadEd25519(ProtoElement text) =>
        PublicKey.TryReadSpki(SubjectPublicKeyInfo.WrapEd25519(text.Hex(Limits.KeyBytes)), out var key, out var problem)
            ? key
            : throw new ProtoException($"{text.Path}: {problem}");
}
