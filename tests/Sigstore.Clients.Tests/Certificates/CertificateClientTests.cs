// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Clients.Tests.Certificates;

/// <summary>What a certificate authority's answer is believed for, and what it is not.</summary>
public sealed class CertificateClientTests : IAsyncLifetime
{
    private const string Issuer = "https://token.actions.githubusercontent.com";

    private static readonly string Token = TokenOf($$"""{"iss":"{{Issuer}}","sub":"repo:example/scanner"}""");

    private Witnesses _world = null!;

    public async ValueTask InitializeAsync() => _world = await Witnesses.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("""{"iss":"https://token.actions.githubusercontent.com","sub":"repo:example/scanner"}""")]
    [InlineData("""{"iss":"https://token.actions.githubusercontent.com","sub":"4711","email":"jo@example.com","email_verified":true}""")]
    [InlineData("""{"iss":"https://token.actions.githubusercontent.com","sub":"4711","email":"jo@example.com","email_verified":false}""")]
    public async Task What_a_certificate_names_is_believed_of_a_bundle_by_its_key(string claims)
    {
        var issued = await _world.Certificates.IssueAsync(TokenOf(claims), _world.Key, Witnesses.Stop);
        // The name is the authority's, whatever the token's subject is.
        Assert.Equal((LeafDraft.Workflow, Issuer), (issued.Identity.Subject, issued.Identity.Issuer));

        var log = new SignatureWitness([_world.Log(SigstoreService.Rekor1)], [_world.Timestamps], _world.Root);
        var material = await log.WitnessAsync(_world.OfEnvelope.With(issued.Certificate), Witnesses.Stop);
        Assert.True(Bundle.TryReadWithMaterial(Bundle.Write(_world.Envelope, _world.Key.Public, material), out var bundle, out var problem), problem?.Message);
        var trust = new BundleTrust
        {
            Root = _world.Root,
            Identities = [new TrustedIdentity { Issuer = Issuer, Subject = LeafDraft.Workflow }],
            Logs = 1,
            CertificateLogs = 1,
            Times = 2,
        };
        Assert.True(BundleVerifier.TryVerify(bundle, Witnesses.Image, trust, out var verified, out problem), problem?.Message);
        Assert.Equal(LeafDraft.Workflow, verified.Identity!.Subject);
    }

    public static TheoryData<SigstoreFault, string, string> Broken => new()
    {
        { SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "/certificates/api/v2/signingCert did not answer within 25 s" },
        { SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500): the disk is full" },
        { SigstoreFault.Throttle, "TRANSPARENCY_UNAVAILABLE", "asks for fewer requests (HTTP 429)" },
        { SigstoreFault.Truncated, "TRANSPARENCY_UNAVAILABLE", "is malformed: " },
        { SigstoreFault.Endless, "TRANSPARENCY_UNAVAILABLE", "has more than 1048576 bytes" },
        { SigstoreFault.Redirect, "TRANSPARENCY_UNAVAILABLE", "answered with a redirect (HTTP 307), which is not followed" },
        { SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key" },
        { SigstoreFault.OtherSigner, "CERT_INVALID", "is of another key; expected sha256:" },
        { SigstoreFault.OtherAuthority, "CERT_INVALID", "was not issued by certificate " },
        { SigstoreFault.OldTime, "CERT_INVALID", ", and not at 2026-11-22T10:00:00Z" },
        { SigstoreFault.NoProof, "CERT_INVALID", "promise" },
        { SigstoreFault.OtherSignature, "CERT_INVALID", "no trusted log promised to record certificate " },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task Nothing_else_is_believed(SigstoreFault fault, string reason, string words)
    {
        _world.Services.Break(SigstoreService.Certificates, fault);

        var found = await _world.FailAsync(_world.Certificates.IssueAsync(Token, _world.Key, Witnesses.Stop), fault);

        Witnesses.AssertRefused(found, reason, words);
        Assert.DoesNotContain(Token, found.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "the identity token is not a JSON web token of at most 16384 characters")]
    [InlineData("a.b!.c", "the identity token is not a JSON web token of at most 16384 characters")]
    [InlineData("a.e30.c", "the identity token has neither a verified email nor a sub")]
    [InlineData("a.eyJ9.c", "the claims of the identity token are malformed: ")]
    [InlineData("a.W10.c", "the identity token has neither a verified email nor a sub")]
    public async Task What_is_no_token_is_sent_to_nobody(string token, string words)
    {
        var found = await _world.FailAsync(_world.Certificates.IssueAsync(token, _world.Key, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TRANSPARENCY_REFUSED", words);
        Assert.Equal(0, _world.Services.AllCalls);
    }

    [Fact]
    public async Task A_token_that_is_too_long_is_sent_to_nobody()
    {
        var found = await _world.FailAsync(
            _world.Certificates.IssueAsync(Token + new string('x', Limits.TokenLength), _world.Key, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TRANSPARENCY_REFUSED", "the identity token is not a JSON web token of at most 16384 characters");
    }

    private static string TokenOf(string claims) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
}
