// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Tests;

/// <summary>Threats 61, 64, 65 and 66: what an object says about itself changes nothing.</summary>
public sealed class WorkloadClaimsTests : IDisposable
{
    private readonly Gate _gate = new();

    public static TheoryData<string, Action<JsonObject>> Claims => new()
    {
        { "a label to be left alone", pod => pod["metadata"]!["labels"] = new JsonObject { ["policy.sigstore.dev/include"] = "false" } },
        { "a break-glass label", pod => pod["metadata"]!["labels"] = new JsonObject { ["image-policy.k8s.io/break-glass"] = "true" } },
        { "a break-glass annotation", pod => pod["metadata"]!["annotations"] = new JsonObject { ["alpha.image-policy.k8s.io/break-glass"] = "true" } },
        { "an annotation that says verified", pod => pod["metadata"]!["annotations"] = new JsonObject { ["kyverno.io/verify-images"] = "{\"x\":\"pass\"}" } },
        { "an owner of a known kind", pod => pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
            { ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet", ["name"] = "made-up", ["uid"] = "1", ["controller"] = true }) },
        { "a mirror pod", pod => pod["metadata"]!["annotations"] = new JsonObject { ["kubernetes.io/config.mirror"] = "x" } },
        { "an exempt namespace in the object", pod => pod["metadata"]!["namespace"] = "kube-system" },
        { "a node", pod => pod["spec"]!["nodeName"] = "trusted-node" },
    };

    [Theory, MemberData(nameof(Claims))]
    public async Task An_object_cannot_exempt_itself(string because, Action<JsonObject> claim)
    {
        _gate.Use(
            """
                - { name: system, scope: { namespace: kube-system }, enforcement: warn, until: 2026-12-31, require: { signature: { attestor: release } } }
                - { name: node, scope: { node: trusted-node }, enforcement: warn, until: 2026-12-31, require: { signature: { attestor: release } } }
            """);
        var pod = Reviews.Pod(Gate.BadImage);
        claim(pod);
        var answer = await _gate.Verifier.ReviewAsync(Reviews.Read(Reviews.Of(pod)), null, CancellationToken.None);
        Assert.Equal((because, false), (because, answer.IsAllowed));
        Assert.Contains("SIGNATURE_MISSING", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_namespace_of_the_request_selects_the_rule()
    {
        _gate.Use("    - { name: mine, scope: { namespace: team }, " + TestPolicies.SignedByRelease + " }", fallback: null);
        Assert.True((await _gate.ReviewAsync(Gate.GoodImage)).IsAllowed);
        var elsewhere = Reviews.Of(Reviews.Pod(Gate.GoodImage));
        elsewhere["request"]!["namespace"] = "other";
        elsewhere["request"]!["object"]!["metadata"]!["namespace"] = "team";
        var answer = await _gate.Verifier.ReviewAsync(Reviews.Read(elsewhere), null, CancellationToken.None);
        Assert.Contains("NO_POLICY", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_revocation_an_unchanged_pod_can_still_be_labelled_and_any_new_image_is_judged()
    {
        Assert.True((await _gate.ReviewAsync(Gate.GoodImage)).IsAllowed);
        using var successor = new TestSigner();
        Assert.True(_gate.Verifier.TryUse(
            TestPolicies.Load(TestPolicies.Attestor(successor), TestPolicies.Admission("")), out _));

        var labelled = Reviews.Pod(Gate.GoodImage);
        labelled["metadata"]!["labels"] = new JsonObject { ["app"] = "x" };
        var unchanged = await _gate.Verifier.ReviewAsync(
            Reviews.Read(Reviews.Of(labelled, "UPDATE", Reviews.Pod(Gate.GoodImage))), null, CancellationToken.None);
        Assert.Equal((true, ReasonCode.ImagesUnchanged), (unchanged.IsAllowed, unchanged.Reason));

        Assert.False((await _gate.ReviewAsync(Gate.GoodImage)).IsAllowed);
        var changed = await _gate.Verifier.ReviewAsync(
            Reviews.Read(Reviews.Of(Reviews.Pod(Gate.GoodImage, Gate.BadImage), "UPDATE", Reviews.Pod(Gate.GoodImage))),
            null, CancellationToken.None);
        Assert.False(changed.IsAllowed);
    }

    [Theory]
    [InlineData("argoproj.io/v1alpha1", "Rollout")]
    [InlineData("extensions/v1beta1", "Deployment")]
    public async Task A_kind_whose_images_are_not_known_is_denied_with_what_to_do(string apiVersion, string kind)
    {
        var review = Reviews.Of(Reviews.Object(apiVersion, kind, Reviews.PodSpec(Gate.GoodImage)));
        var answer = await _gate.Verifier.ReviewAsync(Reviews.Read(review), null, CancellationToken.None);
        Assert.Equal((false, ReasonCode.KindUnsupported), (answer.IsAllowed, answer.Reason));
        Assert.Contains(ReasonCode.KindUnsupported.Remedy, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_nothing_is_allowed_even_before_the_first_policy()
    {
        var verifier = new AdmissionVerifier(_gate.Evidence, new VerifierOptions(), _gate.Clock);
        var deletion = Reviews.Read(Reviews.Of(null, "DELETE", Reviews.Pod(Gate.BadImage)));
        var answer = await verifier.ReviewAsync(deletion, null, CancellationToken.None);
        Assert.Equal((true, ReasonCode.NoImages), (answer.IsAllowed, answer.Reason));
        Assert.False((await verifier.ReviewAsync(Reviews.Read(Reviews.Of(Reviews.Pod(Gate.GoodImage))), null, CancellationToken.None)).IsAllowed);
    }

    public void Dispose() => _gate.Dispose();
}
