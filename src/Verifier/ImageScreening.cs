// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Verifier;

/// <summary>An image that needs evidence: everything that can be said without it has been.</summary>
/// <param name="Image">The image, named by digest.</param>
/// <param name="Key">What the decision depends on.</param>
/// <param name="Rule">The rule.</param>
internal sealed record OpenQuestion(ImageReference Image, DecisionKey Key, AdmissionRule Rule);

/// <summary>
/// Decides what needs no evidence (docs/verification-order.md, steps 3 to 5) and finds what was decided before
/// (step 10). No network, no cryptography.
/// </summary>
internal static class ImageScreening
{
    /// <summary>Decides about an image, or leaves the question open for evidence.</summary>
    public static ImageVerdict? Screen(
        PolicyInForce? policy, ImageGroup group, WorkloadContext workload, DateTimeOffset now, out OpenQuestion? open)
    {
        open = null;
        var draft = new DecisionDraft(policy?.Policy, now);
        if (policy is null)
            return draft.Error(NameOf(group), "policy", ReasonCode.NotReady, "no policy has been loaded yet");
        if (group.Problem is not null)
            return draft.Deny(NameOf(group), "reference", ReasonCode.BadReference, $"a container or volume {group.Problem}");
        if (!policy.TryParse(group.Reference, out var image, out var problem))
            return draft.Deny(NameOf(group), "reference", ReasonCode.BadReference, problem);

        var preflight = policy.Preflight(image, workload);
        if (preflight.Decided is { } decided)
            return draft.Decide(DecisionDraft.Subject(image), preflight.Rule, [decided]);
        // The policy decides about every image without a digest or a rule; if it ever did not, this is still a no.
        if (image.Digest is not { } digest || preflight.Rule is not { } rule)
            return draft.Deny(
                DecisionDraft.Subject(image), "rule", ReasonCode.NoPolicy, "the policy does not say which rule applies");
        if (!digest.IsSha256)
            return draft.Deny(
                DecisionDraft.Subject(image), "digest", ReasonCode.BadDigest,
                $"evidence is bound to sha256 digests, not to {digest.Algorithm}", rule);

        var key = new DecisionKey(image.Repository, digest, rule.Name);
        if (policy.FindReusable(key, now) is { } known)
            return known;

        open = new OpenQuestion(image, key, rule);
        return null;
    }

    private static DecisionSubject NameOf(ImageGroup group) =>
        new(group.Reference is null ? "(no image)" : Printable.Escape(group.Reference), null, []);
}
