// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Certificates;

/// <summary>
/// Promises of certificate logs say ECDSA with SHA-256: a key that the trust root gives another meaning did not
/// make them.
/// </summary>
public sealed class PromiseAlgorithmTests
{
    private static readonly byte[] Artifact = [1, 2, 3];

    [Theory]
    [InlineData("PKIX_ECDSA_P256_SHA_256", 256, "SHA256", true)]
    [InlineData("PKIX_ECDSA_P384_SHA_256", 384, "SHA256", true)]
    [InlineData("PKIX_ECDSA_P521_SHA_256", 521, "SHA256", true)]
    [InlineData("PKIX_ECDSA_P384_SHA_384", 384, "SHA384", false)]
    [InlineData("PKIX_ECDSA_P521_SHA_512", 521, "SHA512", false)]
    [InlineData("PKIX_ECDSA_P384_SHA_384", 384, "SHA256", false)]
    [InlineData("PKIX_ECDSA_P384_SHA_256", 384, "SHA384", false)]
    public void A_promise_counts_if_it_says_what_the_key_means(string details, int bits, string digest, bool counts)
    {
        var clock = new ManualClock();
        using var world = new TrustWorld(clock)
        {
            CertificateLog = new CertificateLog(clock)
            {
                Key = ECDsa.Create(CurveOf(bits)),
                Digest = new HashAlgorithmName(digest),
            },
        };
        using var author = new BundleAuthor(world);
        var signed = author.Sign(BundleDraft.All.Single(draft => draft.Name == "0.3 message"), Artifact).ToJsonString();
        var document = world.Root();
        document["ctlogs"]![0]!["publicKey"]!["keyDetails"] = details;
        var text = Encoding.UTF8.GetBytes(document.ToJsonString());
        Assert.True(TrustedRoot.TryRead(text, out var root, out var unread), unread);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(signed), out var bundle, out _));
        var trust = new BundleTrust
        {
            Root = root,
            Logs = 1,
            CertificateLogs = 1,
            Times = 1,
            Identities = [new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
        };

        Assert.Equal(counts, BundleVerifier.TryVerify(bundle, Digest.Compute(Artifact), trust, out _, out var problem));
        if (!counts)
        {
            Refused.With(
                ReasonCode.CertInvalid, "https://ctfe.example.com did not promise to record ", problem, details);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_promise_of_another_version_or_with_something_behind_it_is_none(byte version, int behind)
    {
        var clock = new ManualClock();
        using var world = new TrustWorld(clock)
        {
            CertificateLog = new CertificateLog(clock) { Version = version, Behind = new byte[behind] },
        };
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(Certificate.TryRead(world.Authority.Issue(key, null, world.CertificateLog), out var certificate, out var problem), problem);

        Assert.False(SignedCertificateTimestamp.TryRead(certificate, out _, out problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_name_that_could_be_taken_for_extensions_is_none()
    {
        using var world = new TrustWorld(new ManualClock());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = world.Authority.Issue(key, null, world.CertificateLog);
        // The empty subject, before the key, becomes what looks like extensions.
        var subject = der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x30, 0x00, 0x30, 0x59]);
        der[subject] = 0xa3;

        Assert.False(Certificate.TryRead(der, out _, out var problem));
        Assert.Contains("a name was expected, a sequence, found ", problem, StringComparison.Ordinal);
        Assert.Contains("ContextSpecific-3", problem, StringComparison.Ordinal);
    }

    private static ECCurve CurveOf(int bits) => bits switch
    {
        256 => ECCurve.NamedCurves.nistP256,
        384 => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    };
}
