// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Warnings about identities, trust roots, and what has to speak for signatures.</summary>
internal static class IdentityLint
{
    internal static IEnumerable<PolicyProblem> Check(PolicySet set, DateTimeOffset time) =>
    [
        .. from attestor in set.Attestors
           from member in attestor.Members
           where member.Identity is not null
           from warning in Check(attestor, member, member.Identity!)
           select warning,
        .. set.SigningPolicies.Select(policy => CheckWitnesses(set, policy)).OfType<PolicyProblem>(),
        .. set.TrustRoots.SelectMany(root => Check(root, time)),
        .. CheckPublicGood(set, time),
    ];

    private static IEnumerable<PolicyProblem> Check(AttestorDefinition attestor, AttestorMember member, TrustedIdentity identity)
    {
        foreach (var problem in NeverMatching.Check(identity))
            yield return Warn(member.Location, $"an identity of {attestor.Name}: {problem}");

        if (identity.Issuer.IsPattern && identity.Issuer.ToString() is var pattern
            && (pattern.Contains(".*", StringComparison.Ordinal) || pattern.Contains(".+", StringComparison.Ordinal)))
        {
            yield return Warn(
                member.Location,
                $"an identity of {attestor.Name}: the issuerPattern {pattern} crosses '/', so that it may match a host that is not meant; write [^/]* instead");
        }

        if (identity.Issuer.Matches(NeverMatching.GitHub)
            && (identity.SourceRepository ?? identity.SourceRepositoryId ?? identity.SourceRepositoryOwner ?? identity.SourceRepositoryOwnerId ?? identity.BuildConfig
                ?? identity.TokenSubject) is null)
        {
            yield return Warn(
                member.Location,
                $"an identity of {attestor.Name}: where {identity.Subject} is a reusable workflow, whoever calls it signs as it; name sourceRepositoryId too");
        }
    }

    // What nobody has seen does not count where the verifying half of the policies wants it seen.
    private static PolicyProblem? CheckWitnesses(PolicySet set, SigningPolicy policy)
    {
        if (set.FindAttestor(policy.Attestor)?.Signer?.Witnesses is not { } needed)
            return null;

        var made = policy.Transparency;
        var isEnough = made is not null && string.Equals(made.TrustRoot, needed.TrustRoot, StringComparison.Ordinal)
            && (needed.TransparencyLogs == 0 || made.IsLogged) && (needed.Timestamps == 0 || made.IsTimestamped);
        return isEnough
            ? null
            : Warn(
                policy.Location,
                $"spec.transparency: {policy.Attestor} counts only with what its member asks of {needed.TrustRoot}, which is not made for what this policy signs");
    }

    private static IEnumerable<PolicyProblem> Check(TrustRootDefinition root, DateTimeOffset time)
    {
        foreach (var unusable in root.Root.Unusable)
            yield return Warn(root.Location, $"{root.Name} lists what cannot be verified with, and so counts for nothing: {unusable}");
        if (root.Root.CertificateAuthorities.Count > 0 && !root.Root.CertificateAuthorities.Any(authority => authority.ValidFor.Contains(time)))
            yield return Warn(root.Location, $"no certificate authority of {root.Name} is trusted now, so that no new certificate counts");
        if (root.Root.Logs.Count > 0 && !root.Root.Logs.Any(log => log.ValidFor.Contains(time)))
            yield return Warn(root.Location, $"no transparency log of {root.Name} is trusted now, so that no new entry counts");
    }

    private static IEnumerable<PolicyProblem> CheckPublicGood(PolicySet set, DateTimeOffset time)
    {
        if (time < PublicGoodRoot.RootExpires)
            return [];

        return from attestor in set.Attestors
               from member in attestor.Members
               where string.Equals(member.Witnesses?.TrustRoot, PolicySet.PublicGoodName, StringComparison.Ordinal)
               select Warn(
                   member.Location,
                   $"the trust root {PolicySet.PublicGoodName} goes on, but the TUF metadata that vouches for it expired "
                   + $"{Times.Show(PublicGoodRoot.RootExpires)}: it may lack newer logs and authorities; "
                   + "update the product, or add a TrustRoot (supplychain trust update)");
    }

    private static PolicyProblem Warn(SourceLocation location, string message) => new(location, ProblemSeverity.Warning, message);
}
