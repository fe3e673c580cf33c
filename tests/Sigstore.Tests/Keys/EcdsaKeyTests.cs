// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore.Tests.Keys;

/// <summary>Both ways of verifying ECDSA say the same.</summary>
public sealed class EcdsaKeyTests
{
    private static readonly byte[] Digest = SHA256.HashData("message"u8);

    public static TheoryData<string, bool> Keys => new()
    {
        { "P-256", true }, { "P-384", true }, { "P-521", true }, { "P-256", false }, { "P-384", false }, { "P-521", false },
    };

    [Theory, MemberData(nameof(Keys))]
    public void A_signature_is_by_its_key_over_its_digest_alone(string curve, bool isNative)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(Named(curve).Oid));
        using var other = ECDsa.Create(ECCurve.CreateFromValue(Named(curve).Oid));
        var own = new EcdsaKey(Named(curve), key.ExportSubjectPublicKeyInfo(), isNative);
        // The digest is shorter than some orders, and longer than none.
        foreach (var digest in new[] { Digest, SHA512.HashData("message"u8) })
        {
            var signature = key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);

            Assert.True(own.VerifyDer(digest, signature));
            Assert.False(own.VerifyDer(SHA256.HashData(digest), signature));
            Assert.False(own.VerifyDer(digest, other.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence)));
            Assert.True(own.VerifyFixedWidth(digest, key.SignHash(digest)));
            Assert.False(own.VerifyFixedWidth(digest, other.SignHash(digest)));
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void A_point_beside_the_curve_is_no_key(string curve, bool isNative)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(Named(curve).Oid));
        var beside = key.ExportSubjectPublicKeyInfo();
        beside[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => new EcdsaKey(Named(curve), beside, isNative));
        // What went wrong there does not show in what is asked next.
        Assert.NotNull(new EcdsaKey(Named(curve), key.ExportSubjectPublicKeyInfo(), isNative));
    }

    private static NamedCurve Named(string name) => NamedCurve.All.Single(curve => curve.Name == name);
}
