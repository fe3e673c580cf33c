// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;
using SupplyChain.Verifier.Tests;

namespace SupplyChain.Verifier.Webhook.Tests;

/// <summary>The webhook over HTTP to a registry, with nothing scripted in between.</summary>
public sealed class LiveRegistryTests : IAsyncLifetime
{
    private RegistrySimulator _registry = null!;
    private Webhook _webhook = null!;
    private Repository _repository = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await RegistrySimulator.StartAsync();
        _repository = Repository.Parse($"{_registry.Host}/team/api");
        _webhook = await Webhook.StartAsync(
            liveHost: _registry.Host,
            policy: TestPolicies.Admission("").Replace("registry.example.com", $"'{_registry.Host}'", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _webhook.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task An_image_is_denied_until_it_is_signed_and_a_warm_answer_asks_the_registry_nothing()
    {
        var image = $"{_repository}@{Webhook.Good}";
        var denied = await _webhook.ReviewAsync(image);
        Assert.Contains("SIGNATURE_MISSING", denied["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);

        await SignAsync(Webhook.Good);
        Assert.True((await _webhook.ReviewAsync(image))["allowed"]!.GetValue<bool>());

        _registry.ForgetRequests();
        for (var i = 0; i < 10; i++)
            Assert.True((await _webhook.ReviewAsync(image))["allowed"]!.GetValue<bool>());
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task A_signature_over_another_image_or_for_another_repository_admits_nothing()
    {
        var (payload, signature) = _webhook.Release.SignSimply(_repository, Webhook.Good);
        await AttachAsync(Webhook.Bad, payload, signature);
        var denied = await _webhook.ReviewAsync($"{_repository}@{Webhook.Bad}");
        Assert.Contains("SUBJECT_MISMATCH", denied["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);

        var elsewhere = Repository.Parse($"{_registry.Host}/other/api");
        (payload, signature) = _webhook.Release.SignSimply(elsewhere, Webhook.Good);
        await AttachAsync(Webhook.Good, payload, signature);
        denied = await _webhook.ReviewAsync($"{_repository}@{Webhook.Good}");
        Assert.Contains("REPOSITORY_MISMATCH", denied["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_hangs_is_an_error_and_not_an_absence()
    {
        await SignAsync(Webhook.Good);
        _registry.Break("*", "*", new FaultEffect.Hang());
        var denied = await _webhook.ReviewAsync(
            Verifier.Tests.Kubernetes.Reviews.Of(Verifier.Tests.Kubernetes.Reviews.Pod($"{_repository}@{Webhook.Good}")), "?timeout=1s");
        Assert.False(denied["allowed"]!.GetValue<bool>());
        Assert.Contains("ERROR   ", denied["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("VERIFY_TIMEOUT", denied["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private Task SignAsync(Digest image)
    {
        var (payload, signature) = _webhook.Release.SignSimply(_repository, image);
        return AttachAsync(image, payload, signature);
    }

    private async Task AttachAsync(Digest image, byte[] payload, string signature)
    {
        using var registries = new Registries(
            [new RegistryOptions { Host = _registry.Host, PlainHttp = true, PrivateNetwork = true }], KnownCredentials.None, TimeProvider.System);
        var layer = new Descriptor(SimpleSigning.MediaType, Digest.Compute(payload), payload.Length)
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [SimpleSigning.SignatureAnnotation] = signature },
        };
        await TagLayout.AppendAsync(
            registries.For(_repository), _repository, image, TagLayout.Signatures, layer, payload, CancellationToken.None);
    }
}
