// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Cli.Tests.Verify;

/// <summary>What cosign's users type: the identity of a certificate instead of a policy.</summary>
public sealed class VerifyIdentityTests : IAsyncLifetime
{
    private const string Issuer = "https://token.actions.githubusercontent.com";

    private readonly ImageWorld _world = new();
    private readonly TrustWorld _trust = new(new ManualClock(ImageWorld.Time));
    private Descriptor _image = null!;

    public async ValueTask InitializeAsync()
    {
        _image = await _world.PushImageAsync("an image");
        await File.WriteAllTextAsync(_world["root.json"], _trust.Root().ToJsonString(), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _trust.Dispose();
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("--certificate-identity", LeafDraft.Workflow)]
    [InlineData("--certificate-identity-pattern", @"https://github\.com/example/scanner/.*")]
    public async Task An_image_signed_by_the_identity_is_allowed(string option, string value)
    {
        await SignAsync();

        var run = await VerifyAsync(option, value, "--certificate-oidc-issuer", Issuer);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        Assert.StartsWith($"ALLOWED  {ImageWorld.NameOf(_image)}   policy signed-by-identity (", run.Out, StringComparison.Ordinal);
        Assert.Contains(LeafDraft.Workflow, run.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[], string> Denied => new()
    {
        { "another name", ["--certificate-identity", "somebody", "--certificate-oidc-issuer", Issuer], "expected the subject somebody" },
        { "another issuer", ["--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", "https://other.example.com"], "expected the issuer" },
        { "another repository", ["--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer, "--source-repository-id", "1"], "expected the source repository id 1, found none" },
    };

    [Theory, MemberData(nameof(Denied))]
    public async Task An_image_is_denied_for(string because, string[] options, string words)
    {
        await SignAsync();

        var run = await VerifyAsync(options);

        Assert.True(run.ExitCode == ExitCodes.Refused, because + run.Out + run.Error);
        Assert.Contains("KEY_NOT_TRUSTED", run.Out, StringComparison.Ordinal);
        Assert.Contains(words, run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a bundle", false)]
    [InlineData("the tag layout", true)]
    public async Task An_image_signed_by_a_key_is_denied_with_the_identity_that_was_expected_in(string because, bool inTag)
    {
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(
            key, inTag ? Drafts.OfTagSignature(ImageWorld.Repository, _image) : Drafts.OfSignature(ImageWorld.Repository, _image));

        var run = await VerifyAsync(
            "--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer, "--output", "json");

        Assert.True(run.ExitCode == ExitCodes.Refused, because + run.Out + run.Error);
        using var decision = JsonDocument.Parse(run.Out);
        var check = decision.RootElement.GetProperty("checks")[0];
        Assert.Equal("KEY_NOT_TRUSTED", check.GetProperty("reason").GetString());
        Assert.EndsWith(
            ": it is signed by a key, and only certificates are trusted for this", check.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal($"a certificate of {LeafDraft.Workflow} of {Issuer}", check.GetProperty("expected").GetString());
        Assert.Equal("a public key without a certificate", check.GetProperty("actual").GetString());
        Assert.Equal(
            "Sign as somebody who is trusted for this, with the key or the identity that is expected.", check.GetProperty("remedy").GetString());
    }

    public static TheoryData<string> Claims => [.. Everything.Keys];

    private static Dictionary<string, string> Everything { get; } = new(StringComparer.Ordinal)
    {
        ["build-signer"] = "9", ["build-signer-digest"] = "10", ["runner-environment"] = "11", ["source-repository"] = "12", ["source-repository-digest"] = "13",
        ["source-repository-ref"] = "14", ["source-repository-id"] = "15", ["source-repository-owner"] = "16", ["source-repository-owner-id"] = "17",
        ["build-config"] = "18", ["build-config-digest"] = "19", ["build-trigger"] = "20", ["source-repository-visibility"] = "22",
        ["deployment-environment"] = "23", ["token-subject"] = "24",
    };

    [Theory, MemberData(nameof(Claims))]
    public async Task Each_claim_that_is_asked_for_is_compared(string claim)
    {
        // Each extension holds its own number.
        await SignAsync(new LeafDraft
        {
            Extensions =
            [
                .. Everything.Values.Select(number => new X509Extension(
                    $"1.3.6.1.4.1.57264.1.{number}", WorkloadAuthority.Utf8String(number), critical: false)),
            ],
        });
        string[] identity = ["--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer];

        var right = await VerifyAsync([.. identity, "--" + claim, Everything[claim]]);
        var wrong = await VerifyAsync([.. identity, "--" + claim, "other"]);

        Assert.Equal((ExitCodes.Done, ExitCodes.Refused), (right.ExitCode, wrong.ExitCode));
        Assert.Contains($"expected the {claim.Replace('-', ' ')} other, found {Everything[claim]}", wrong.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_good_instance_is_believed_where_no_root_is_named()
    {
        await SignAsync();

        var run = await Invoked.RunAsync(
            ["verify", ImageWorld.NameOf(_image), "--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer", Issuer, .. _world.Registry]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains("TIME_UNTRUSTED", run.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[], string> Unusable => new()
    {
        { "no issuer", ["--certificate-identity", "a"], "--certificate-oidc-issuer or --certificate-oidc-issuer-pattern is missing" },
        { "everybody", ["--certificate-identity-pattern", ".*", "--certificate-oidc-issuer", "a"], "is anybody: name the issuer" },
        { "a policy too", ["--certificate-identity", "a", "--certificate-oidc-issuer", "b", "--key", "k"], "one of the three" },
        { "an algorithm", ["--certificate-identity", "a", "--certificate-oidc-issuer", "b", "--algorithm", "ed25519"], "there is no --key" },
        { "a root that is none", ["--certificate-identity", "a", "--certificate-oidc-issuer", "b", "--trusted-root", "image"], "cannot be used: the trust root has no mediaType" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task Options_are_refused_with(string because, string[] options, string words)
    {
        await File.WriteAllTextAsync(_world["image"], "{}", TestContext.Current.CancellationToken);
        var run = await Invoked.RunAsync(
            ["verify", ImageWorld.NameOf(_image), .. options.Select(option => option == "image" ? _world["image"] : option), .. _world.Registry]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.ExitCode + run.Out + run.Error);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    private Task SignAsync(LeafDraft? leaf = null) => _world.AttachAsync(
        _image, _trust.Sign(StatementWriter.WriteImageSignature(_image.Digest, ImageWorld.Repository), _trust.Rekor1, leaf));

    private Task<Invoked> VerifyAsync(params string[] options) =>
        Invoked.RunAsync(["verify", ImageWorld.NameOf(_image), .. options, "--trusted-root", _world["root.json"], .. _world.Registry]);
}
