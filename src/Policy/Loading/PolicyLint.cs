// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Warnings: what works, but probably not as meant, or not for much longer.</summary>
internal static class PolicyLint
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private static readonly string[] WellKnownScanners = ["clair", "grype", "snyk", "trivy"];
    private static readonly TimeSpan LongestException = TimeSpan.FromDays(366);

    internal static IReadOnlyList<PolicyProblem> Check(PolicySet set, DateTimeOffset time)
    {
        IEnumerable<PolicyProblem> warnings =
        [
            .. set.Attestors.SelectMany(attestor => CheckMembers(attestor, time)),
            .. CheckSharedKeys(set),
            .. IdentityLint.Check(set, time),
            .. CheckUnused(set),
            .. NeverHolding.CheckAmbiguity(set),
            .. set.SigningPolicies.SelectMany(NeverHolding.Check),
            .. set.SigningPolicies.SelectMany(policy => CheckSigning(set, policy, time)),
            .. set.AdmissionPolicies.SelectMany(policy => CheckAdmission(policy, time)),
        ];
        return new PolicyLoadResult(set, warnings).Problems;
    }

    private static IEnumerable<PolicyProblem> CheckMembers(AttestorDefinition attestor, DateTimeOffset time)
    {
        foreach (var member in attestor.Members)
        {
            if (Expiring(member.ValidUntil, time) is { } when)
            {
                yield return Warn(
                    member.Location,
                    $"{(member.Identity is null ? "a key" : "an identity")} of {attestor.Name} {when}; its signatures do not count from then on");
            }
        }

        if (attestor.Members.All(member => !member.IsValidAt(time)))
            yield return Warn(attestor.Location,
                $"no {(attestor.Members.Any(member => member.Identity is not null) ? "member" : "key")} of {attestor.Name} is valid now, so that nothing it signs counts");
    }

    private static IEnumerable<PolicyProblem> CheckSharedKeys(PolicySet set)
    {
        var seen = new Dictionary<PublicKey, string>();
        foreach (var attestor in set.Attestors)
        {
            foreach (var member in attestor.Members)
            {
                if (member.PublicKey is { } key && !seen.TryAdd(key, attestor.Name))
                {
                    yield return Warn(
                        member.Location,
                        $"the key {key.Id} is a member of {seen[key]} and of {attestor.Name}: one signature satisfies both, unless atLeast counts them");
                }
            }
        }
    }

    private static IEnumerable<PolicyProblem> CheckUnused(PolicySet set)
    {
        var used = set.SigningPolicies.SelectMany(policy => policy.Attestors)
            .Concat(set.AdmissionPolicies.SelectMany(policy => policy.AllRules)
                .SelectMany(rule => rule.Require.Flatten()).OfType<SignedRequirement>().Select(leaf => leaf.Attestor))
            .ToHashSet(StringComparer.Ordinal);
        return set.Attestors.Where(attestor => !used.Contains(attestor.Name))
            .Select(attestor => Warn(
                attestor.Location,
                attestor.Purpose == AttestorPurpose.Policy
                    ? $"{attestor.Name} approves nothing by lying among policies; a service's policyApproval.attestor names its file"
                    : $"no policy refers to {attestor.Name}"));
    }

    private static IEnumerable<PolicyProblem> CheckSigning(PolicySet set, SigningPolicy policy, DateTimeOffset time)
    {
        if (set.FindAttestor(policy.Attestor)?.Signer is null)
        {
            yield return policy.AttestorPlace.Warning($"{policy.Attestor} has no member that signs, so that nothing is approved");
        }

        foreach (var problem in TransparencyCheck.Lint(set, policy, time))
            yield return Warn(policy.Transparency!.Location, problem);

        if (Expiring(policy.Until, time) is { } when)
            yield return Warn(policy.Location, $"spec.until: observing {when}; the policy enforces from then on");

        foreach (var scanner in policy.Evidence.Scanners)
        {
            if (Suggestion.Nearest(scanner.Name, WellKnownScanners) is { } near && !string.Equals(near, scanner.Name, StringComparison.Ordinal))
                yield return Warn(scanner.Location, $"no report may ever be of {Printable.Escape(scanner.Name)}; did you mean {near}?");
        }

        foreach (var check in policy.Checks.OfType<ProvenanceCheck>().Where(check => check.Source == EvidenceSource.Submitted))
        {
            yield return Warn(
                check.Location, "whoever asks says who built the image: a builder's id proves something only by the key that signed");
        }

        if (!policy.Produce.Summary)
        {
            yield return Warn(
                policy.Location, "spec.produce.vsa: what is approved is told by its signature alone; admission by approval, the default, lets none of it run");
        }

        if (policy.Produce.SbomAttestation && !policy.Checks.OfType<SbomCheck>().Any())
            yield return Warn(policy.Location, "spec.produce.attestations: no SBOM is ever attested, for no check uses one");

        foreach (var requester in policy.Requesters.Concat(policy.Evidence.Posters))
        {
            foreach (var claim in requester.Claims.Where(claim => claim.Value.Contains('*', StringComparison.Ordinal)))
                yield return Warn(requester.Location,
                    $"the claim {claim.Key} has a *, but claims are compared character by character");

            if (requester.Issuer.Contains('*', StringComparison.Ordinal))
                yield return Warn(requester.Location,
                    "the issuer has a *, but issuers are compared character by character");
        }

        foreach (var exception in policy.Checks.OfType<VulnerabilityCheck>().SelectMany(check => check.Exceptions))
        {
            if (Expiring(exception.Until, time) is { } end)
                yield return Warn(exception.Location,
                    $"the exception for {exception.Id} {end}; {exception.Owner} owns it");
            if (exception.Until > time + LongestException)
                yield return Warn(exception.Location,
                    $"the exception for {exception.Id} ends in more than a year, {Times.Show(exception.Until)}; look at it again sooner");
            if (exception.NotBefore > time)
                yield return Warn(exception.Location,
                    $"the exception for {exception.Id} waives nothing before {Times.Show(exception.NotBefore.Value)}");

            foreach (var pattern in exception.Subjects ?? [])
            {
                if (!policy.Subjects.Any(pattern.Overlaps))
                    yield return Warn(exception.Location,
                        $"{pattern} is outside spec.subjects, so that the exception never applies there");
            }
        }
    }

    private static IEnumerable<PolicyProblem> CheckAdmission(AdmissionPolicy policy, DateTimeOffset time)
    {
        foreach (var rule in policy.AllRules)
        {
            if (Expiring(rule.Until, time) is { } when)
                yield return Warn(rule.Location, $"rule {rule.Name}: its leniency {when}; it enforces from then on");
        }

        foreach (var exemption in policy.Exempt)
        {
            foreach (var pattern in exemption.Images.Where(pattern =>
                pattern.Text.EndsWith("/**", StringComparison.Ordinal)
                && pattern.Text.Length == pattern.Host.Length + 3))
            {
                yield return Warn(exemption.Location, $"{pattern} exempts the whole registry");
            }
        }
    }

    private static string? Expiring(DateTimeOffset? end, DateTimeOffset time) => end switch
    {
        null => null,
        _ when end <= time => $"ended {Times.Show(end.Value)}",
        _ when end <= time + Soon => $"ends {Times.Show(end.Value)}, in {Times.ShowAge(end.Value - time)}",
        _ => null,
    };

    private static PolicyProblem Warn(SourceLocation location, string message) =>
        new(location, ProblemSeverity.Warning, message);
}
