// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Signer;

namespace SupplyChain.Cli.Tests.Verify;

public sealed class VerifyKeyTests : IDisposable
{
    private readonly ImageWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("a bundle", false)]
    [InlineData("the tag layout", true)]
    public async Task An_image_signed_by_the_key_is_allowed_in(string because, bool inTag)
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, inTag
            ? Drafts.OfTagSignature(ImageWorld.Repository, image)
            : Drafts.OfSignature(ImageWorld.Repository, image));

        var run = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"], "--repository-bound");

        Assert.True(run.ExitCode == ExitCodes.Done, because + run.Out + run.Error);
        Assert.StartsWith(
            $"ALLOWED  {ImageWorld.NameOf(image)}   policy signed-by-key (", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_signed_by_another_key_or_none_is_denied()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        using var other = await _world.MakeKeyAsync("other");

        var unsigned = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);
        await _world.SignAsync(other, Drafts.OfSignature(ImageWorld.Repository, image));
        var foreign = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);
        var either = await VerifyAsync(
            ImageWorld.NameOf(image), "--key", _world["release.pub"], "--key", _world["other.pub"]);

        Assert.Equal(
            (ExitCodes.Refused, ExitCodes.Refused, ExitCodes.Done),
            (unsigned.ExitCode, foreign.ExitCode, either.ExitCode));
        Assert.Contains("DENIED", unsigned.Out, StringComparison.Ordinal);
        Assert.Contains(ReasonCode.SignatureMissing.Name, unsigned.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_counts_with_the_algorithm_it_is_named_with_and_no_other()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release", KeyType.EcdsaP384);
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));

        var usual = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);
        var named = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"], "--algorithm", "ecdsa-p384-sha384");
        var other = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"], "--algorithm", "ecdsa-p384-sha256");

        Assert.Equal((ExitCodes.Done, ExitCodes.Done, ExitCodes.Refused), (usual.ExitCode, named.ExitCode, other.ExitCode));
    }

    [Fact]
    public async Task A_signature_for_another_repository_counts_unless_it_has_to_name_this_one()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(Repository.Parse("registry.local/elsewhere/shop"), image));

        var any = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);
        var bound = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"], "--repository-bound");

        Assert.Equal((ExitCodes.Done, ExitCodes.Refused), (any.ExitCode, bound.ExitCode));
        Assert.Contains(ReasonCode.RepositoryMismatch.Name, bound.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_decision_or_an_array_of_them()
    {
        var image = await _world.PushImageAsync("an image");
        var second = await _world.PushImageAsync("another");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));

        var one = await VerifyAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"], "--output", "json");
        var two = await VerifyAsync(
            ImageWorld.NameOf(image), ImageWorld.NameOf(second), "--key", _world["release.pub"], "--output", "json");

        Assert.Equal(Outcome.Allowed, Decision.FromJson(System.Text.Encoding.UTF8.GetBytes(one.Out)).Outcome);
        using var array = JsonDocument.Parse(two.Out);
        Assert.Equal(
            "allowed denied",
            string.Join(' ', array.RootElement.EnumerateArray().Select(
                decision => decision.GetProperty("outcome").GetString())));
        Assert.Equal((ExitCodes.Done, ExitCodes.Refused), (one.ExitCode, two.ExitCode));
    }

    [Fact]
    public async Task Several_images_are_counted_at_the_end()
    {
        var image = await _world.PushImageAsync("an image");
        var second = await _world.PushImageAsync("another");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));

        var run = await VerifyAsync(
            ImageWorld.NameOf(image), ImageWorld.NameOf(second), "--key", _world["release.pub"]);

        Assert.EndsWith("\n2 images: 1 denied, 1 allowed\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_cannot_be_reached_ends_with_3()
    {
        using var key = await _world.MakeKeyAsync("release");

        var run = await Invoked.RunAsync(
            "verify", $"127.0.0.1:1/app@{Digest.Compute("x"u8)}", "--key", _world["release.pub"], "--plain-http",
            "127.0.0.1:1");

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.StartsWith("ERROR", run.Out, StringComparison.Ordinal);
        Assert.Contains(ReasonCode.RegistryUnavailable.Name, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_is_denied()
    {
        using var key = await _world.MakeKeyAsync("release");

        var run = await VerifyAsync("registry.local/demo/shop:latest", "--key", _world["release.pub"]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.StartsWith("DENIED  registry.local/demo/shop:latest", run.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[], string> Misuse => new()
    {
        { "nothing to judge", ["--key", "KEY"], "name images, or files with --manifests" },
        { "images and manifests", ["IMAGE", "--manifests", "/", "--key", "KEY"], "one of the two" },
        { "nothing that must hold", ["IMAGE"], "--policy, with --key or with --certificate-identity" },
        { "a key and a policy", ["IMAGE", "--key", "KEY", "--policy", "POLICY"], "one of the three" },
        {
            "a strict policy", ["IMAGE", "--policy", "POLICY", "--repository-bound"],
            "--repository-bound and --algorithm go with --key"
        },
        {
            "an algorithm beside a policy", ["IMAGE", "--policy", "POLICY", "--algorithm", "rsa-pss-sha256"],
            "--repository-bound and --algorithm go with --key"
        },
        {
            "an algorithm that the key cannot be used with", ["IMAGE", "--key", "KEY", "--algorithm", "rsa-pss-sha256"],
            "cannot be used with rsa-pss-sha256, only with ecdsa-p256-sha256"
        },
        { "an algorithm that is none", ["IMAGE", "--key", "KEY", "--algorithm", "md5"], "'md5' is not an algorithm" },
        { "a policy that is not there", ["IMAGE", "--policy", "/nowhere"], "/nowhere" },
        { "a key that is not there", ["IMAGE", "--key", "/nowhere/key"], "KEY_UNUSABLE" },
        { "only names that are none", ["nginx:", "--key", "KEY"], "'nginx:'" },
        {
            "a registry without a folder", ["IMAGE", "--key", "KEY", "--registry", "registry.other=oci:/nowhere"],
            "there is no folder '/nowhere'"
        },
        {
            "a registry that is no layout", ["IMAGE", "--key", "KEY", "--registry", "registry.other=/tmp"],
            "--registry is HOST=oci:PATH"
        },
        {
            "a registry that is no host", ["IMAGE", "--key", "KEY", "--plain-http", "http://x"],
            "'http://x' is not a host"
        },
        { "a layout over http", ["IMAGE", "--key", "KEY", "--plain-http", "registry.local"], "is a layout directory" },
        {
            "two ways to one host", ["IMAGE", "--key", "KEY", "--plain-http", "x.example", "--ca", "x.example=/ca.pem"],
            "plain http and a certificate authority"
        },
        { "more patience than there is", ["IMAGE", "--key", "KEY", "--timeout", "1h"], "--timeout" },
    };

    [Fact]
    public async Task More_images_than_are_judged_at_a_time_end_with_2()
    {
        using var key = await _world.MakeKeyAsync("release");
        var images = Enumerable.Repeat($"registry.local/demo/shop@{Decisions.Image}", Limits.ImagesPerRequest + 1);

        var run = await VerifyAsync([.. images, "--key", _world["release.pub"]]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("at most 512 images are judged at a time, found 513", run.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Misuse))]
    public async Task Misuse_ends_with_2(string because, string[] arguments, string expected)
    {
        using var key = await _world.MakeKeyAsync("release");
        await File.WriteAllTextAsync(_world["attestor.yaml"], $"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: {"{"} name: release {"}"}
            spec:
              purpose: approval
              members: [{"{"} key: "file:{_world["release"]}", state: verifying {"}"}]
            """);

        var run = await VerifyAsync([.. arguments.Select(argument => argument switch
        {
            "IMAGE" => $"registry.local/demo/shop@{Decisions.Image}",
            "KEY" => _world["release.pub"],
            "POLICY" => _world["attestor.yaml"],
            _ => argument,
        })]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Out + run.Error);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private Task<Invoked> VerifyAsync(params string[] arguments) =>
        Invoked.RunAsync(["verify", .. arguments, .. _world.Registry]);
}
