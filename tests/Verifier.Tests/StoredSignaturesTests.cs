// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Verifier.Tests;

/// <summary>Signatures with certificates in every layout they are stored in, from a registry to the decision.</summary>
public sealed class StoredSignaturesTests : IAsyncLifetime
{
    private const string Layouts = "layouts: [bundle, tag, referrer], ";

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly Manifest _image = Manifest.WriteImage("application/vnd.example", Manifest.EmptyConfig, [Manifest.EmptyConfig]);
    private TrustWorld _world = null!;
    private RegistrySimulator _simulator = null!;
    private Registries _registries = null!;
    private Repository _repository = null!;

    public async ValueTask InitializeAsync()
    {
        _world = new TrustWorld(_clock);
        _simulator = await RegistrySimulator.StartAsync();
        _registries = new Registries([new RegistryOptions { Host = _simulator.Host, PlainHttp = true }], KnownCredentials.None, TimeProvider.System);
        _repository = Repository.Parse($"{_simulator.Host}/payments/api");
        await PushBlobAsync(Manifest.EmptyConfigContent.ToArray());
        await Registry.PushManifestAsync(_repository, _image, tag: null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _registries.Dispose();
        await _simulator.DisposeAsync();
        _world.Dispose();
    }

    [Fact]
    public async Task A_bundle_counts()
    {
        await AttachBundleAsync(_world.Sign(Statement(), _world.Rekor1));

        Assert.Equal(Outcome.Allowed, await JudgeAsync(""));
    }

    [Fact]
    public async Task A_bundle_of_another_world_does_not_count_and_does_not_hide_one_that_does()
    {
        using var other = new TrustWorld(_clock);
        await AttachBundleAsync(other.Sign(Statement(), other.Rekor1));
        Assert.Equal(Outcome.Denied, await JudgeAsync("", "TIME_UNTRUSTED"));

        await AttachBundleAsync(_world.Sign(Statement(), _world.Rekor1));
        Assert.Equal(Outcome.Allowed, await JudgeAsync(""));
    }

    [Theory]
    [InlineData(false, "TIME_UNTRUSTED: nobody told when it was signed")]
    [InlineData(true, "KEY_NOT_TRUSTED: no key is trusted for this")]
    public void A_certificate_that_is_left_alone_is_no_key_without_one(bool isLeftAlone, string expected)
    {
        using var other = new TrustWorld(_clock);
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(_world.Root().ToJsonString()), out var root, out var unread), unread);
        var signed = CosignAnnotations.OfPayload(other, SimpleSigning.WritePayload(_repository, _image.Digest), isLogged: false);
        var layer = new FoundLayer(Digest.Compute(signed.Content), signed.Content, signed.Annotations, StorageLayout.Tag);

        var verified = AttachmentVerifier.Verify(
            new Attachments([], [layer], [], []), _image.Digest,
            new AttachmentNeeds { TagSignatures = true, LargestAttachment = Limits.AttestationBytes, LayersSpeakForKeysAlone = isLeftAlone },
            new SignerCandidates([], [root]));

        var problem = Assert.Single(verified.Problems);
        Assert.Contains(expected, $"{problem.Reason}: {problem.Message[(problem.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_by_tag_counts_where_the_layout_is_named()
    {
        var signed = CosignAnnotations.OfPayload(_world, SimpleSigning.WritePayload(_repository, _image.Digest));
        var layer = await LayerAsync(MediaTypes.SimpleSigning, signed);
        await Registry.PushManifestAsync(
            _repository, Manifest.WriteImage(null, Manifest.EmptyConfig, [layer]), TagLayout.TagFor(_image.Digest, TagLayout.Signatures), CancellationToken.None);

        Assert.Equal(Outcome.Allowed, await JudgeAsync(Layouts));
        Assert.Equal(Outcome.Denied, await JudgeAsync("", "EVIDENCE_MISSING"));
    }

    [Fact]
    public async Task A_signature_counts_as_a_referrer_where_the_layout_is_named()
    {
        var signed = CosignAnnotations.OfPayload(_world, SimpleSigning.WritePayload(_repository, _image.Digest));
        await AttachAsync(MediaTypes.CosignSignature, await LayerAsync(MediaTypes.SimpleSigning, signed));

        Assert.Equal(Outcome.Allowed, await JudgeAsync(Layouts));
        Assert.Equal(Outcome.Denied, await JudgeAsync("layouts: [bundle, tag], ", "SIGNATURE_MISSING"));
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("referrer")]
    public async Task An_attestation_counts_in_the_layout(string layout)
    {
        var statement = StatementWriter.Write([StatementSubject.Of(_image.Digest, _repository)], "https://example.com/review", WriteEmpty);
        var layer = await LayerAsync(MediaTypes.DsseEnvelope, CosignAnnotations.OfStatement(_world, statement));
        if (layout == "tag")
        {
            await Registry.PushManifestAsync(
                _repository, Manifest.WriteImage(null, Manifest.EmptyConfig, [layer]), TagLayout.TagFor(_image.Digest, TagLayout.Attestations), CancellationToken.None);
        }
        else
        {
            await AttachAsync(MediaTypes.InTotoReferrer, layer);
        }

        const string Require = "attestation: { type: 'https://example.com/review', attestor: scanner }";
        Assert.Equal(Outcome.Allowed, await JudgeAsync($"layouts: [{layout}], ", require: Require));
        Assert.Equal(Outcome.Denied, await JudgeAsync("layouts: [bundle], ", "ATTESTATION_MISSING", require: Require));
    }

    [Fact]
    public async Task A_referrer_of_another_image_does_not_count()
    {
        var signed = CosignAnnotations.OfPayload(_world, SimpleSigning.WritePayload(_repository, _image.Digest));
        var layer = await LayerAsync(MediaTypes.SimpleSigning, signed);
        var other = Manifest.WriteImage("application/vnd.other", Manifest.EmptyConfig, [Manifest.EmptyConfig]);
        await Registry.PushManifestAsync(_repository, other, tag: null, CancellationToken.None);
        await Registry.PushManifestAsync(
            _repository, Manifest.WriteImage(MediaTypes.CosignSignature, Manifest.EmptyConfig, [layer], other.Descriptor), tag: null, CancellationToken.None);

        Assert.Equal(Outcome.Denied, await JudgeAsync(Layouts, "SIGNATURE_MISSING"));
    }

    [Fact]
    public async Task Layers_of_a_referrer_are_counted_before_any_is_fetched()
    {
        var signed = CosignAnnotations.OfPayload(_world, SimpleSigning.WritePayload(_repository, _image.Digest));
        var layer = await LayerAsync(MediaTypes.SimpleSigning, signed);
        await AttachAsync(MediaTypes.CosignSignature, [.. Enumerable.Repeat(layer, Limits.ReferrerLayers + 1)]);
        Assert.Equal(Outcome.Denied, await JudgeAsync(Layouts, "TOO_MANY_SIGNATURES"));

        await AttachAsync(MediaTypes.CosignSignature, layer);
        Assert.Equal(Outcome.Allowed, await JudgeAsync(Layouts));
    }

    private IRegistry Registry => _registries.For(_repository);

    private byte[] Statement() => StatementWriter.WriteImageSignature(_image.Digest, _repository);

    /// <summary>Judges by a rule, and holds the first check's reason against those that are expected of a denial.</summary>
    private async Task<Outcome> JudgeAsync(string layouts, string? reason = null, string require = "signature: { attestor: scanner }")
    {
        var set = TestPolicies.Load(
            $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: scanner }
            spec:
              purpose: approval
              members:
                - { trustRoot: private, identity: { issuer: 'https://token.actions.githubusercontent.com', subject: '{{LeafDraft.Workflow}}' } }
            """,
            $$"""
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: { name: production }
            spec: { registries: ['{{_simulator.Host}}'], default: { {{layouts}}require: { {{require}} } } }
            """,
            $$"""
            apiVersion: supplychain/v1
            kind: TrustRoot
            metadata: { name: private }
            spec: { trustedRoot: {{JsonValue.Create(_world.Root().ToJsonString()).ToJsonString()}} }
            """);
        var policy = set.AdmissionPolicies[0];
        var evidence = await new AdmissionEvidence(new AttachmentReader(_registries))
            .GatherAsync(_repository, _image.Digest, EvidenceNeeds.Of(policy.Default!, set), CancellationToken.None);
        var evaluation = AdmissionEvaluation.Evaluate(policy, policy.Default!, set, evidence, _clock.GetUtcNow());
        Assert.True(reason is null || evaluation.Checks.Any(check => check.Reason?.Name == reason), string.Join("\n", evaluation.Checks));
        return Decision.OutcomeOf(DecisionKind.Admission, evaluation.Checks);
    }

    private async Task PushBlobAsync(byte[] content) => await Registry.PushBlobAsync(
        _repository, new Descriptor("application/octet-stream", Digest.Compute(content), content.Length), content, CancellationToken.None);

    private async Task<Descriptor> LayerAsync(string mediaType, CosignAnnotations signed)
    {
        await PushBlobAsync(signed.Content);
        return new Descriptor(mediaType, Digest.Compute(signed.Content), signed.Content.Length) { Annotations = signed.Annotations };
    }

    private async Task AttachBundleAsync(JsonObject bundle)
    {
        var content = Encoding.UTF8.GetBytes(bundle.ToJsonString());
        await PushBlobAsync(content);
        await AttachAsync(MediaTypes.SigstoreBundle, new Descriptor(MediaTypes.SigstoreBundle, Digest.Compute(content), content.Length));
    }

    private async Task AttachAsync(string artifactType, params Descriptor[] layers) => await Registry.PushManifestAsync(
        _repository, Manifest.WriteImage(artifactType, Manifest.EmptyConfig, layers, _image.Descriptor), tag: null, CancellationToken.None);

    private static void WriteEmpty(System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }
}
