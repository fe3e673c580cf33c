// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Certificates;

public sealed class CertificatePathTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ManualClock _clock = new(Now);

    [Fact]
    public void A_leaf_of_the_authority_is_believed_while_it_is_valid()
    {
        using var authority = new WorkloadAuthority(_clock);
        var leaf = authority.Issue(_key);

        Assert.Null(Explain(authority, leaf, Now));
        Assert.Null(Explain(authority, leaf, Now.AddMinutes(10)));
        Assert.Contains("and not at 2026-11-22T09:59:59Z", Explain(authority, leaf, Now.AddSeconds(-1)), StringComparison.Ordinal);
        Assert.Contains("and not at 2026-11-22T10:10:01Z", Explain(authority, leaf, Now.AddSeconds(601)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_anchor_may_be_the_issuing_authority_itself()
    {
        using var authority = new WorkloadAuthority(_clock);

        Assert.True(
            CertificatePath.TryVerify(Read(authority.Issue(_key)), [Read(authority.Certificates[0])], CertificateOids.CodeSigning, Now, out var problem),
            problem);
    }

    [Fact]
    public void A_leaf_that_says_it_is_no_authority_is_none()
    {
        using var authority = new WorkloadAuthority(_clock);
        var says = new X509Extension(new Oid("2.5.29.19"), [0x30, 0x03, 0x01, 0x01, 0x00], critical: true);

        Assert.Null(Explain(authority, authority.Issue(_key, new LeafDraft { Extensions = [says] }), Now));
    }

    [Fact]
    public void An_authority_with_an_Edwards_key_vouches_for_what_it_signed()
    {
        var name = new X500DistinguishedName("CN=edwards");
        var generator = new EdwardsSignatures();
        var self = new CertificateRequest(name, generator.PublicKey, HashAlgorithmName.SHA256);
        self.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        self.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var root = self.Create(name, generator, Now.AddDays(-1), Now.AddDays(1), [1]);
        var request = new CertificateRequest(new X500DistinguishedName("CN=leaf"), _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CertificateOids.CodeSigning)], critical: false));
        using var leaf = request.Create(name, generator, Now.AddDays(-1), Now.AddDays(1), [2]);
        var other = leaf.RawData.ToArray();
        other[^1] ^= 1;

        Assert.True(CertificatePath.TryVerify(Read(leaf.RawData), [Read(root.RawData)], CertificateOids.CodeSigning, Now, out var problem), problem);
        Assert.False(CertificatePath.TryVerify(Read(other), [Read(root.RawData)], CertificateOids.CodeSigning, Now, out problem));
        Assert.Contains("was not issued by certificate", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BrokenLeaves => new()
    {
        { "of another authority", " was not issued by certificate " },
        { "named for another issuer", " was not issued by certificate " },
        { "an authority", "is an authority's own and cannot sign anything but certificates" },
        { "signing certificates", "is an authority's own and cannot sign anything but certificates" },
        { "without usage", "expected the usage digitalSignature, found none" },
        { "of another usage", "expected the usage digitalSignature, found KeyEncipherment" },
        { "without purpose", "is not for code signing; found no purpose" },
        { "for time stamping", "is not for code signing; found time stamping" },
        { "with an unknown critical extension", "has the critical extension 1.2.3.4, which is not understood here" },
    };

    [Theory, MemberData(nameof(BrokenLeaves))]
    public void A_leaf_is_refused_for_what_is_wrong_with_it(string what, string expected)
    {
        using var authority = new WorkloadAuthority(_clock);
        using var other = new WorkloadAuthority(_clock);
        var draft = what switch
        {
            "named for another issuer" => new LeafDraft { IsOrphan = true },
            "an authority" => new LeafDraft { IsAuthority = true },
            "signing certificates" => new LeafDraft { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign },
            "without usage" => new LeafDraft { KeyUsage = null },
            "of another usage" => new LeafDraft { KeyUsage = X509KeyUsageFlags.KeyEncipherment },
            "without purpose" => new LeafDraft { Purpose = null },
            "for time stamping" => new LeafDraft { Purpose = CertificateOids.TimeStamping },
            "with an unknown critical extension" => new LeafDraft { Extensions = [new X509Extension("1.2.3.4", [5, 0], critical: true)] },
            _ => new LeafDraft(),
        };

        var problem = Explain(authority, (what is "of another authority" ? other : authority).Issue(_key, draft), Now);

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_purposes_some_are_told()
    {
        using var authority = new WorkloadAuthority(_clock);
        var purposes = new OidCollection();
        for (var i = 0; i < 4_000; i++)
            purposes.Add(new Oid($"1.2.{i}"));

        var problem = Explain(
            authority, authority.Issue(_key, new LeafDraft { Purpose = null, Extensions = [new X509EnhancedKeyUsageExtension(purposes, critical: false)] }), Now);

        Assert.Contains("is not for code signing; found 1.2.0, 1.2.1, ", problem, StringComparison.Ordinal);
        Assert.InRange(problem!.Length, 1, 400);
    }

    public static TheoryData<string, string> BrokenAuthorities => new()
    {
        { "no authority", "may not issue certificates" },
        { "of another usage", "may not issue certificates" },
        { "for time stamping", "issues none for code signing; found time stamping" },
        { "too deep", "allows 0 authorities below it, found 1" },
    };

    [Theory, MemberData(nameof(BrokenAuthorities))]
    public void An_authority_is_refused_for_what_is_wrong_with_it(string what, string expected)
    {
        using var authority = new WorkloadAuthority(_clock, what switch
        {
            "no authority" => new AuthorityDraft { IsAuthority = false },
            "of another usage" => new AuthorityDraft { KeyUsage = X509KeyUsageFlags.CrlSign },
            "for time stamping" => new AuthorityDraft { Purpose = CertificateOids.TimeStamping },
            _ => new AuthorityDraft { RootPathLength = 0 },
        });

        Assert.Contains(expected, Explain(authority, authority.Issue(_key), Now), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_that_has_expired_vouches_for_nothing_later()
    {
        using var authority = new WorkloadAuthority(_clock);
        _clock.Advance(TimeSpan.FromDays(3650));

        Assert.Contains(" is valid from 2025-11-22T10:00:00Z to 2035-11-22T10:00:00Z", Explain(authority, authority.Issue(_key), _clock.GetUtcNow()), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bit_of_a_leaf_is_signed()
    {
        using var authority = new WorkloadAuthority(_clock);
        var leaf = authority.Issue(_key);

        for (var bit = 0; bit < leaf.Length * 8; bit++)
        {
            var flipped = leaf.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(
                !Certificate.TryRead(flipped, out var certificate, out _)
                || !CertificatePath.TryVerify(certificate, Chain(authority), CertificateOids.CodeSigning, Now, out _), $"bit {bit}");
        }
    }

    [Fact]
    public void A_leaf_with_bytes_after_it_is_none()
    {
        using var authority = new WorkloadAuthority(_clock);

        Assert.False(Certificate.TryRead((byte[])[.. authority.Issue(_key), 0], out _, out var problem));
        Assert.StartsWith("the certificate is not DER of RFC 5280", problem, StringComparison.Ordinal);
        Assert.False(Certificate.TryRead(new byte[Model.Limits.CertificateBytes + 1], out _, out problem));
        Assert.Equal("a certificate has at most 65536 bytes, found 65537", problem);
    }

    public void Dispose() => _key.Dispose();

    private sealed class EdwardsSignatures : X509SignatureGenerator
    {
        private static readonly byte[] Scheme = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

        private readonly Ed25519Reference _key = new(RandomNumberGenerator.GetBytes(32));

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => Scheme;

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => _key.Sign(data);

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() =>
            new(new Oid("1.3.101.112"), null, new AsnEncodedData(_key.PublicKey));
    }

    private static string? Explain(WorkloadAuthority authority, byte[] leaf, DateTimeOffset time) =>
        CertificatePath.TryVerify(Read(leaf), Chain(authority), CertificateOids.CodeSigning, time, out var problem) ? null : problem;

    private static Certificate[] Chain(WorkloadAuthority authority) => [.. authority.Certificates.Select(Read)];

    private static Certificate Read(byte[] der)
    {
        Assert.True(Certificate.TryRead(der, out var certificate, out var problem), problem);
        return certificate;
    }
}
