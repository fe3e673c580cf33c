// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Cli.Tests.Inspect;

public sealed class InspectTests : IDisposable
{
    private readonly ImageWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task An_image_without_attachments_says_so()
    {
        var image = await _world.PushImageAsync("an image");

        var run = await InspectAsync(ImageWorld.NameOf(image));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(
            $"""
            {ImageWorld.NameOf(image)}   application/vnd.oci.image.manifest.v1+json, {image.Size} bytes
            └─ nothing is attached

            """, run.Out);
    }

    [Fact]
    public async Task What_a_known_key_signed_is_verified_and_all_else_is_marked_as_not()
    {
        var image = await _world.PushImageAsync("an image");
        using var release = await _world.MakeKeyAsync("release");
        using var stranger = await _world.MakeKeyAsync("stranger");
        var approval = await _world.SignAsync(release, ImageWorld.Approval(image, "release", ImageWorld.Time));
        var tagged = await _world.SignAsync(stranger, Drafts.OfTagSignature(ImageWorld.Repository, image));
        var listed = Assert.Single(await _world.Direct.ListReferrersAsync(
            ImageWorld.Repository, image.Digest, TestContext.Current.CancellationToken));

        var run = await InspectAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(
            $"""
            {ImageWorld.NameOf(image)}   application/vnd.oci.image.manifest.v1+json, {image.Size} bytes
            ├─ approval  {listed.Digest}   {Bundle.MediaTypeV03}, {approval.Content.Length} bytes, referrer
            │       ✓ verified: signed by {_world["release.pub"]}   key {release.PublicKey.Id}
            │         {PredicateTypes.VerificationSummary}
            │         PASSED supplychain:policy/demo, by supplychain:attestor/release
            └─ signature  {tagged.Digest}   {SimpleSigning.MediaType}, {tagged.Content.Length} bytes, {TagLayout.TagFor(image.Digest, ".sig")}
                    ? UNVERIFIED: no known key has signed it

            """, run.Out);
    }

    [Fact]
    public async Task Who_signed_with_a_certificate_is_shown_and_verified_by_the_trust_roots_of_the_policies()
    {
        var image = await _world.PushImageAsync("an image");
        using var trust = new TrustWorld(new ManualClock(ImageWorld.Time));
        await _world.AttachAsync(image, trust.Sign(StatementWriter.WriteImageSignature(image.Digest, ImageWorld.Repository), trust.Rekor1));
        var policies = Directory.CreateDirectory(_world["policies"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(policies, "root.json"),
            new JsonObject
            {
                ["apiVersion"] = "supplychain/v1",
                ["kind"] = "TrustRoot",
                ["metadata"] = new JsonObject { ["name"] = "private" },
                ["spec"] = new JsonObject { ["trustedRoot"] = trust.Root().ToJsonString() },
            }.ToJsonString(),
            TestContext.Current.CancellationToken);

        var known = await InspectAsync(ImageWorld.NameOf(image), "--policy", policies);
        var unknown = await InspectAsync(ImageWorld.NameOf(image));
        var json = await InspectAsync(ImageWorld.NameOf(image), "--policy", policies, "--output", "json");

        Assert.Contains(
            $"✓ verified: signed with a certificate of {LeafDraft.Workflow} of https://token.actions.githubusercontent.com   private: logs 1, timestamps 1, certificate logs 1", known.Out,
            StringComparison.Ordinal);
        Assert.Contains("TIME_UNTRUSTED", unknown.Out, StringComparison.Ordinal);
        Assert.Contains($"claims {PredicateTypes.ImageSignature}", unknown.Out, StringComparison.Ordinal);
        Assert.Contains("\"trustRoot\": \"private\"", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keys_nothing_is_verified()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));

        var run = await InspectAsync(ImageWorld.NameOf(image));

        Assert.DoesNotContain("verified:", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"? UNVERIFIED: no known key has signed it; it names key {key.PublicKey.Hint}", run.Out,
            StringComparison.Ordinal);
        Assert.Contains($"claims {PredicateTypes.ImageSignature}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_a_policys_attestors_are_known_by_their_attestors_name()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));
        await File.WriteAllTextAsync(_world["attestor.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: shop-release }
            spec:
              purpose: approval
              members: [{ key: "file:{{_world["release"]}}", state: verifying }]
            """);

        var run = await InspectAsync(ImageWorld.NameOf(image), "--policy", _world["attestor.yaml"]);

        Assert.Contains("✓ verified: signed by shop-release ", run.Out, StringComparison.Ordinal);
        Assert.Contains($"for {ImageWorld.Repository}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_keys_signature_for_another_image_is_no_signature_for_this_one()
    {
        var image = await _world.PushImageAsync("an image");
        var other = await _world.PushImageAsync("another image");
        using var key = await _world.MakeKeyAsync("release");
        var signed = await new ArtifactSigner(key).SignAsync(
            Drafts.OfSignature(ImageWorld.Repository, other), TestContext.Current.CancellationToken);
        await AttachAsync(image, Bundle.MediaTypeV03, Bundle.MediaTypeV03, signed.Content);

        var run = await InspectAsync(ImageWorld.NameOf(image), "--key", _world["release.pub"]);

        Assert.Contains("! the statement speaks of another image  SUBJECT_MISMATCH", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("verified:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsigned_attachments_and_hostile_types_are_shown_as_what_they_are()
    {
        var image = await _world.PushImageAsync("an image");
        await AttachAsync(image, "application/spdx+json", "application/spdx+json", "{}"u8.ToArray());
        await AttachAsync(image, Bundle.MediaTypeV03, Bundle.MediaTypeV03, "not a bundle"u8.ToArray());

        var run = await InspectAsync(ImageWorld.NameOf(image), "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var attachments = json.RootElement.GetProperty("attachments").EnumerateArray().ToList();
        Assert.Equal(2, attachments.Count);
        Assert.All(
            attachments, attachment => Assert.Equal(JsonValueKind.Null, attachment.GetProperty("verified").ValueKind));
        var sbom = attachments.Single(attachment => attachment.GetProperty("kind").ValueEquals("sbom"));
        Assert.False(sbom.GetProperty("signed").GetBoolean());
        var broken = attachments.Single(attachment => attachment.GetProperty("kind").ValueEquals("other"));
        Assert.Equal("SIGNATURE_MALFORMED", broken.GetProperty("problem").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_index_shows_each_platform_with_its_own_attachments()
    {
        var image = await _world.PushImageAsync("an image");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, image));
        var index = Manifest.WriteIndex([image with { Platform = new Platform("linux", "amd64") }]);
        await _world.Direct.PushManifestAsync(
            ImageWorld.Repository, index, "v1", TestContext.Current.CancellationToken);

        var run = await InspectAsync($"{ImageWorld.Repository}:v1", "--key", _world["release.pub"]);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.StartsWith(
            $"""
            {ImageWorld.Repository}@{index.Digest}   application/vnd.oci.image.index.v1+json, {index.Content.Length} bytes
            └─ linux/amd64  {image.Digest}   {image.Size} bytes
               └─ signature
            """, run.Out, StringComparison.Ordinal);
        Assert.Contains("\n           ✓ verified: signed by ", run.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Misuse => new()
    {
        {
            "no image of that digest", $"registry.local/demo/shop@{Decisions.Image}",
            "IMAGE_NOT_FOUND: there is no image"
        },
        { "no image of that tag", "registry.local/demo/shop:none", "IMAGE_NOT_FOUND: there is no image" },
        { "neither digest nor tag", "registry.local/demo/shop", "names neither digest nor tag" },
        { "no name at all", "registry.local/demo/SHOP:1", "is not a path segment" },
    };

    [Theory, MemberData(nameof(Misuse))]
    public async Task An_image_that_is_not_there_ends_with_2(string because, string image, string expected)
    {
        await _world.PushImageAsync("another image");

        var run = await InspectAsync(image);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Error);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private async Task AttachAsync(
        Descriptor image, string artifactType, string layerType, ReadOnlyMemory<byte> content)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var layer = new Descriptor(layerType, Digest.Compute(content.Span), content.Length);
        await _world.Direct.PushBlobAsync(
            ImageWorld.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, cancellation);
        await _world.Direct.PushBlobAsync(ImageWorld.Repository, layer, content, cancellation);
        await Referrers.AttachAsync(
            _world.Direct, ImageWorld.Repository,
            Manifest.WriteImage(artifactType, Manifest.EmptyConfig, [layer], image), cancellation);
    }

    private Task<Invoked> InspectAsync(params string[] arguments) =>
        Invoked.RunAsync(["inspect", .. arguments, .. _world.Registry]);
}
