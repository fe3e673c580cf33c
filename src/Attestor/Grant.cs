// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>That this requester may ask for this image's signature by this attestor, and under which policy.</summary>
internal sealed record Grant(
    PolicySet Policies, SigningPolicy Policy, AttestorDefinition Attestor, DecisionRequester Requester, Repository Repository,
    Digest Digest)
{
    // Forbidden and absent are answered in the same words, so that an answer tells nothing about what exists.
    private static readonly AttestationAnswer.Rejected NotAuthorised = new(
        ReasonCode.NotAuthorised, "no signing policy lets this requester have this repository's images signed");

    public static bool TryFind(
        PolicySet policies, AttestationRequest request, Repository repository, Digest digest,
        [NotNullWhen(true)] out Grant? grant, [NotNullWhen(false)] out AttestationAnswer.Rejected? no)
    {
        grant = null;
        no = null;
        var match = policies.FindSigning(repository, request.Requester, request.Policy);
        if (match.Policy is { } policy)
        {
            grant = new Grant(
                policies, policy, policies.FindAttestor(policy.Attestor)!,
                new DecisionRequester(request.Requester.Issuer, request.Requester.Subject), repository, digest);
            return true;
        }

        no = match.Reason == ReasonCode.PolicyAmbiguous
            ? new AttestationAnswer.Rejected(
                ReasonCode.PolicyAmbiguous,
                $"several policies cover this request, name one: {string.Join(", ", match.Candidates.Select(candidate => candidate.Name))}")
            : NotAuthorised;
        return false;
    }
}
