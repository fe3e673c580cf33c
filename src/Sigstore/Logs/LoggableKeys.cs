// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>Which keys' signatures logs record: Rekor verifies a signature before it records it, and does not know every scheme.</summary>
public static class LoggableKeys
{
    /// <summary>Why a log does not record what a key signs; null when it does.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">The version of the log's interface, of <see cref="SigningConfig.LogVersions"/>.</param>
    /// <param name="isEnvelope">Whether envelopes are signed, rather than an artifact's own bytes.</param>
    public static string? Explain(PublicKey key, uint version, bool isEnvelope)
    {
        ArgumentNullException.ThrowIfNull(key);
        var isRecorded = version switch
        {
            // Records of envelopes are verified with SHA-256, whatever the curve; those of artifacts name the digest, which has to be at hand.
            1 => key.Algorithm is SigningAlgorithm.EcdsaP256Sha256 or SigningAlgorithm.RsaPkcs1Sha256
                || (isEnvelope
                    && key.Algorithm is SigningAlgorithm.EcdsaP384Sha256 or SigningAlgorithm.EcdsaP521Sha256 or SigningAlgorithm.Ed25519),
            2 => KeyDetails.NameOf(key) is not null
                && (isEnvelope || key.Algorithm is SigningAlgorithm.EcdsaP256Sha256 or SigningAlgorithm.RsaPkcs1Sha256),
            _ => false,
        };
        return isRecorded
            ? null
            : $"logs of version {version} do not record {(isEnvelope ? "envelopes" : "signatures of artifacts")} signed with {key.Algorithm.Name()}{Size(key)}";
    }

    private static string Size(PublicKey key) => key.Material is RsaKey rsa ? $" of {rsa.Bits} bits" : "";
}
