// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>
/// A name that Sigstore's documents have for a kind of key, and the one thing it means: an algorithm and, for RSA, a
/// size; protobuf-specs, sigstore_common.proto, PublicKeyDetails.
/// </summary>
internal sealed record KeyDetails(string Name, SigningAlgorithm Algorithm, int? RsaBits = null)
{
    private const string Pkcs1 = "PKCS1_RSA_PKCS1V5";

    // What else the registry has is not verified with here: Ed25519ph, LMS and ML-DSA, and deprecated names that tell
    // no digest.
    private static readonly KeyDetails[] Known =
    [
        new("PKIX_ECDSA_P256_SHA_256", SigningAlgorithm.EcdsaP256Sha256),
        new("PKIX_ECDSA_P384_SHA_384", SigningAlgorithm.EcdsaP384Sha384),
        new("PKIX_ECDSA_P521_SHA_512", SigningAlgorithm.EcdsaP521Sha512),
        new("PKIX_ECDSA_P384_SHA_256", SigningAlgorithm.EcdsaP384Sha256),
        new("PKIX_ECDSA_P521_SHA_256", SigningAlgorithm.EcdsaP521Sha256),
        new("PKIX_ED25519", SigningAlgorithm.Ed25519),
        new("PKIX_RSA_PKCS1V15_2048_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 2048),
        new("PKIX_RSA_PKCS1V15_3072_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 3072),
        new("PKIX_RSA_PKCS1V15_4096_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 4096),
        new("PKIX_RSA_PSS_2048_SHA256", SigningAlgorithm.RsaPssSha256, 2048),
        new("PKIX_RSA_PSS_3072_SHA256", SigningAlgorithm.RsaPssSha256, 3072),
        new("PKIX_RSA_PSS_4096_SHA256", SigningAlgorithm.RsaPssSha256, 4096),
        // Deprecated, and the name of a log of certificates of Sigstore's staging instance; with SHA-256, by RFC 6962
        // §2.1.4.
        new(Pkcs1, SigningAlgorithm.RsaPkcs1Sha256),
    ];

    /// <summary>What a name means; null for one that is not verified with here.</summary>
    public static KeyDetails? Find(string name) =>
        Known.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal));

    /// <summary>The name of a key as Rekor v2 writes it; null for a key whose signatures it does not record.</summary>
    public static string? NameOf(PublicKey key) => key.Algorithm switch
    {
        SigningAlgorithm.EcdsaP256Sha256 or SigningAlgorithm.EcdsaP384Sha384 or SigningAlgorithm.EcdsaP521Sha512 =>
            Known.First(known => known.Algorithm == key.Algorithm).Name,
        SigningAlgorithm.RsaPkcs1Sha256 =>
            Known.FirstOrDefault(known => known.Algorithm == key.Algorithm && known.RsaBits == SizeOf(key))?.Name,
        _ => null,
    };

    /// <summary>
    /// Reads a key that has these details: a SubjectPublicKeyInfo but for the oldest logs. It is then used with what
    /// the details say, and with nothing else.
    /// </summary>
    /// <exception cref="ProtoException">It is malformed, or a key of another kind or size.</exception>
    public PublicKey Read(string path, ReadOnlySpan<byte> rawBytes)
    {
        var spki = Name == Pkcs1 ? SubjectPublicKeyInfo.WrapRsa(rawBytes) : rawBytes;
        if (!PublicKey.TryReadSpki(spki, out var key, out var problem))
            throw new ProtoException($"{path}.rawBytes: {problem}");

        return key.Algorithms.Contains(Algorithm) && (RsaBits is null || RsaBits == SizeOf(key))
            ? key.LimitedTo(Algorithm)
            : throw new ProtoException($"{path} says it is {Name}, and holds a key for {Describe(key)}");
    }

    private static int? SizeOf(PublicKey key) => (key.Material as RsaKey)?.Bits;

    private static string Describe(PublicKey key) =>
        key.Algorithm.Name() + (SizeOf(key) is { } bits ? $" of {bits} bits" : "");
}
