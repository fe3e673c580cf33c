// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests.Logs;

/// <summary>Which keys' signatures are recorded by logs, and which are refused before anything is signed.</summary>
public sealed class LoggableKeysTests
{
    public static TheoryData<SigningAlgorithm, uint, bool, bool> Keys => new()
    {
        { SigningAlgorithm.EcdsaP256Sha256, 1, true, true },
        { SigningAlgorithm.EcdsaP256Sha256, 1, false, true },
        { SigningAlgorithm.EcdsaP256Sha256, 2, true, true },
        { SigningAlgorithm.EcdsaP256Sha256, 2, false, true },
        { SigningAlgorithm.EcdsaP256Sha256, 3, true, false },
        { SigningAlgorithm.EcdsaP384Sha384, 1, true, false },
        { SigningAlgorithm.EcdsaP384Sha384, 2, true, true },
        { SigningAlgorithm.EcdsaP384Sha384, 2, false, false },
        { SigningAlgorithm.EcdsaP521Sha512, 1, true, false },
        { SigningAlgorithm.EcdsaP521Sha512, 2, true, true },
        { SigningAlgorithm.EcdsaP384Sha256, 1, true, true },
        { SigningAlgorithm.EcdsaP384Sha256, 1, false, false },
        { SigningAlgorithm.EcdsaP384Sha256, 2, true, false },
        { SigningAlgorithm.EcdsaP521Sha256, 1, true, true },
        { SigningAlgorithm.EcdsaP521Sha256, 2, true, false },
        { SigningAlgorithm.RsaPkcs1Sha256, 1, true, true },
        { SigningAlgorithm.RsaPkcs1Sha256, 1, false, true },
        { SigningAlgorithm.RsaPkcs1Sha256, 2, true, true },
        { SigningAlgorithm.RsaPkcs1Sha256, 2, false, true },
        { SigningAlgorithm.RsaPssSha256, 1, true, false },
        { SigningAlgorithm.RsaPssSha256, 2, true, false },
        { SigningAlgorithm.Ed25519, 1, true, true },
        { SigningAlgorithm.Ed25519, 1, false, false },
        { SigningAlgorithm.Ed25519, 2, true, false },
    };

    [Theory, MemberData(nameof(Keys))]
    public void Logs_record_what_they_can_verify(SigningAlgorithm algorithm, uint version, bool isEnvelope, bool isRecorded)
    {
        var problem = LoggableKeys.Explain(TestSigner.Of(algorithm).Key, version, isEnvelope);

        Assert.Equal(isRecorded, problem is null);
        if (problem is not null)
            Assert.StartsWith($"logs of version {version} do not record {(isEnvelope ? "envelopes" : "signatures of artifacts")} signed with {algorithm.Name()}", problem, StringComparison.Ordinal);
    }
}
