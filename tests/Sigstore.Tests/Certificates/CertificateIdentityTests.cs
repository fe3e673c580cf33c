// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Certificates;

public sealed class CertificateIdentityTests : IDisposable
{
    private const string Arc = "1.3.6.1.4.1.57264.1.";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WorkloadAuthority _authority = new(new ManualClock(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void A_workflow_is_known_by_name_and_by_what_the_authority_took_from_its_token()
    {
        var identity = Read(new LeafDraft { Extensions = [.. Enumerable.Range(9, 16).Select(number => Extension(number, $"value {number}"))] });

        Assert.Equal(LeafDraft.Workflow, identity.Subject);
        Assert.Equal(CertificateSubjectKind.Uri, identity.Kind);
        Assert.Equal("https://token.actions.githubusercontent.com", identity.Issuer);
        Assert.Equal(
            Enumerable.Range(9, 16).Select(number => $"value {number}"),
            [
                identity.BuildSigner, identity.BuildSignerDigest, identity.RunnerEnvironment, identity.SourceRepository, identity.SourceRepositoryDigest,
                identity.SourceRepositoryRef, identity.SourceRepositoryId, identity.SourceRepositoryOwner, identity.SourceRepositoryOwnerId,
                identity.BuildConfig, identity.BuildConfigDigest, identity.BuildTrigger, identity.RunInvocation,
                identity.SourceRepositoryVisibility, identity.DeploymentEnvironment, identity.TokenSubject,
            ]);
    }

    [Fact]
    public void What_a_certificate_does_not_say_is_not_said()
    {
        var identity = Read(new LeafDraft { Issuer = null });

        Assert.Null(identity.Issuer);
        Assert.Null(identity.SourceRepositoryId);
    }

    [Fact]
    public void The_older_extension_names_the_issuer_in_bare_text()
    {
        Assert.Equal("https://issuer.example.com", Read(new LeafDraft
        {
            Issuer = null,
            Extensions = [new X509Extension(Arc + "1", Encoding.UTF8.GetBytes("https://issuer.example.com"), critical: false)],
        }).Issuer);
    }

    [Fact]
    public void An_e_mail_address_is_no_URI()
    {
        var identity = Read(new LeafDraft { Subject = WorkloadAuthority.Names((1, "someone@example.com")) });

        Assert.Equal(("someone@example.com", CertificateSubjectKind.Email), (identity.Subject, identity.Kind));
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "no name", "has no subject alternative name" },
        { "an empty list", "has an empty list of subject alternative names" },
        { "an empty name", "has an empty subject alternative name" },
        { "two names", "has several subject alternative names; expected one" },
        { "a host", "that is no URI, e-mail address or user name" },
        { "two issuers", "names two issuers, 'https://token.actions.githubusercontent.com' and 'https://other.example.com'" },
        { "an issuer in bare text", "is malformed" },
        { "an issuer that is no text", "is malformed" },
        { "bytes after a value", "is malformed" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Says_what_is_wrong_with_a_name(string what, string expected)
    {
        var draft = new LeafDraft();
        draft = what switch
        {
            "no name" => draft with { Subject = null },
            "an empty list" => draft with { Subject = WorkloadAuthority.Names() },
            "an empty name" => draft with { Subject = WorkloadAuthority.Names((6, "")) },
            "two names" => draft with { Subject = WorkloadAuthority.Names((6, "https://a.example.com"), (6, "https://b.example.com")) },
            "a host" => draft with { Subject = WorkloadAuthority.Names((2, "example.com")) },
            "two issuers" => draft with { Extensions = [new X509Extension(Arc + "1", "https://other.example.com"u8.ToArray(), critical: false)] },
            "an issuer in bare text" => draft with { Issuer = null, Extensions = [new X509Extension(Arc + "8", "https://a.example.com"u8.ToArray(), critical: false)] },
            "an issuer that is no text" => draft with { Issuer = null, Extensions = [new X509Extension(Arc + "1", [0xff], critical: false)] },
            _ => draft with { Extensions = [new X509Extension(Arc + "15", [.. WorkloadAuthority.Utf8String("1"), 0], critical: false)] },
        };
        Assert.True(Certificate.TryRead(_authority.Issue(_key, draft), out var certificate, out var problem), problem);

        Assert.False(CertificateIdentity.TryRead(certificate, out _, out problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _authority.Dispose();
    }

    private static X509Extension Extension(int number, string text) => new(Arc + number, WorkloadAuthority.Utf8String(text), critical: false);

    private CertificateIdentity Read(LeafDraft draft)
    {
        Assert.True(Certificate.TryRead(_authority.Issue(_key, draft), out var certificate, out var problem), problem);
        Assert.True(CertificateIdentity.TryRead(certificate, out var identity, out problem), problem);
        return identity;
    }
}
