// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>The padding of RSA signatures is what was asked for, and what a key does not offer is not opened.</summary>
public abstract partial class ProviderContract
{
    public static TheoryData<string> RsaKeys => ["rsa2048", "rsa3072", "rsa4096"];

    public static TheoryData<string, SigningAlgorithm> NotOffered => new()
    {
        { "p256", SigningAlgorithm.RsaPssSha256 },
        { "p384", SigningAlgorithm.RsaPkcs1Sha256 },
        { "ed25519", SigningAlgorithm.RsaPssSha256 },
        { "rsa2048", SigningAlgorithm.EcdsaP256Sha256 },
    };

    /// <summary>The name of the key that signs PSS, where another one signs PKCS#1.</summary>
    protected virtual string PssKey(string name) => name;

    [Theory, MemberData(nameof(RsaKeys))]
    public async Task An_RSA_key_signs_PSS_if_it_is_asked_to(string name)
    {
        var key = await OpenAsync(Patient, PssKey(name), algorithm: SigningAlgorithm.RsaPssSha256);

        var signature = await key.SignAsync(Message, default);

        Assert.Equal(SigningAlgorithm.RsaPssSha256, key.PublicKey.Algorithm);
        Assert.True(Plain(key.PublicKey).With(SigningAlgorithm.RsaPssSha256).Verify(Message, signature));
        Assert.False(Plain(key.PublicKey).Verify(Message, signature));
        Assert.Equal(1, Service.SignCalls);
    }

    [Fact]
    public async Task An_RSA_key_signs_PKCS1_if_it_is_asked_to()
    {
        var key = await OpenAsync(Patient, "rsa2048", algorithm: SigningAlgorithm.RsaPkcs1Sha256);

        Assert.Equal(SigningAlgorithm.RsaPkcs1Sha256, key.PublicKey.Algorithm);
        Assert.True(Plain(key.PublicKey).Verify(Message, await key.SignAsync(Message, default)));
    }

    [Theory]
    [InlineData(SigningAlgorithm.RsaPssSha256)]
    [InlineData(SigningAlgorithm.RsaPkcs1Sha256)]
    public async Task A_signature_with_the_other_padding_never_leaves(SigningAlgorithm algorithm)
    {
        var name = algorithm is SigningAlgorithm.RsaPssSha256 ? PssKey("rsa2048") : "rsa2048";
        var key = await OpenAsync(Patient, name, algorithm: algorithm);
        Service.Break(KmsFault.OtherPadding);

        var problem = await Assert.ThrowsAsync<KmsException>(() => key.SignAsync(Message, default).AsTask());

        Assert.Equal(ReasonCode.KmsBadSignature, problem.Reason);
        Assert.Contains($"returned a signature that its public key {key.PublicKey.Id} does not verify", problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, Service.SignCalls);
    }

    [Theory, MemberData(nameof(NotOffered))]
    public async Task What_a_key_does_not_offer_is_refused_when_it_is_opened(string name, SigningAlgorithm algorithm)
    {
        Assert.SkipUnless(Service.Keys.Contains(name), $"the service has no {name} keys");
        var found = (await Source.ReadPublicKeyAsync(Uri(name), default)).Algorithm;

        var problem = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(Patient, name, algorithm: algorithm));

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains($"expected {algorithm.Name()}, found a key for {found.Name()}", problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, Service.SignCalls);
    }

    // The key as a policy would name it.
    private static PublicKey Plain(PublicKey key) =>
        PublicKey.TryReadSpki(key.Spki.Span, out var plain, out var problem) ? plain : throw new FormatException(problem);
}
