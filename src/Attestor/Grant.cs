// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using SupplyChain.Evidence;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>That this requester may ask for this image's signature by this attestor, and under which policy.</summary>
internal sealed record Grant(
    PolicySet Policies, SigningPolicy Policy, AttestorDefinition Attestor, DecisionRequester Requester,
    Repository Repository, Digest Digest)
{
    // Forbidden and absent are answered in the same words, so that an answer tells nothing about what exists.
    internal static readonly AttestationAnswer.Rejected NotAuthorised = new(
        ReasonCode.NotAuthorised, "no signing policy lets this requester have this repository's images signed");

    /// <summary>The trust root by which others see what is signed; null where the policy wants nobody to.</summary>
    public TrustRootDefinition? TrustRoot => Standing.TrustRootOf(Policy, Policies);

    /// <summary>
    /// Whether policy, attestor, those who vouch for evidence and the trust root by which others see what is signed are still what they were
    /// when the grant was found: the same words, and the same keys behind them, of which the same count.
    /// </summary>
    public bool IsInForce(PolicySet? policies, DateTimeOffset time) =>
        policies?.SigningPolicies.Any(policy => policy.Revision == Policy.Revision) == true
        && TrustIn(policies, time) == TrustIn(Policies, time);

    /// <summary>
    /// Finds the grant for a request, or says why there is none. The image has to be named by its sha256 digest.
    /// </summary>
    /// <param name="policies">The policies in force; null before the first were loaded.</param>
    /// <param name="request">The request.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="no">The answer where there is none.</param>
    public static bool TryFind(
        PolicySet? policies, AttestationRequest request,
        [NotNullWhen(true)] out Grant? grant, [NotNullWhen(false)] out AttestationAnswer.Rejected? no)
    {
        grant = null;
        no = null;
        if (policies is null)
        {
            no = new AttestationAnswer.Rejected(ReasonCode.NotReady, "no policy is loaded yet", SigningCycle.RetrySoon);
            return false;
        }

        if (!NamedImage.TryParse(request.Image, out var image, out no))
            return false;

        var match = policies.FindSigning(image.Repository, request.Requester, request.Policy);
        if (match.Policy is { } policy)
        {
            grant = new Grant(
                policies, policy, policies.FindAttestor(policy.Attestor)!,
                new DecisionRequester(request.Requester.Issuer, request.Requester.Subject), image.Repository, image.Digest);
            return true;
        }

        no = match.Reason == ReasonCode.PolicyAmbiguous
            ? new AttestationAnswer.Rejected(
                ReasonCode.PolicyAmbiguous,
                "several policies cover this request, name one: "
                + string.Join(", ", match.Candidates.Select(candidate => candidate.Name)))
            : NotAuthorised;
        return false;
    }

    /// <summary>
    /// What makes two requests the same: by the caller's own key, or by everything that decides. A request is another one once a key of those
    /// who sign or vouch begins or ends to count, so that the image is judged by what counts then.
    /// </summary>
    public RequestIdentity IdentityOf(AttestationRequest request, SentEvidence sent, DateTimeOffset time)
    {
        var content = new RequestContent(Repository, Digest, request.Policy, sent.Digests);
        return request.IdempotencyKey is { } key
            ? RequestIdentity.ForIdempotencyKey(Requester, key, content)
            : RequestIdentity.ForContent(Requester, content, Policy.Revision, TrustIn(Policies, time));
    }

    // The words of everybody who signs or vouches, their keys, and which of those count; and of whom the policy wants to see what is signed.
    private Digest TrustIn(PolicySet policies, DateTimeOffset time)
    {
        var text = new StringBuilder();
        if (Standing.TrustRootOf(Policy, policies) is { } root)
            text.Append(root.Revision).Append('\n');
        if (SignerTrust.Of(Policy, policies) is { } trust)
            text.Append(trust).Append('\n');
        foreach (var attestor in Policy.Vouchers.Prepend(Policy.Attestor).Select(policies.FindAttestor).OfType<AttestorDefinition>())
        {
            text.Append(attestor.Revision).Append('\n');
            foreach (var member in attestor.Members)
                text.Append(member.PublicKey?.Id).Append(' ').Append(member.PublicKey?.Algorithm).Append(' ').Append(member.RefusalAt(time)).Append('\n');
        }

        return Digest.Compute(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
