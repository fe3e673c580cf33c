// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Checks documents against each other: names, purposes, keys.</summary>
internal static class References
{
    /// <summary>No two documents of one kind have one name.</summary>
    internal static IEnumerable<PolicyProblem> CheckNames(IEnumerable<PolicyDocument> documents) =>
        from document in documents
        group document by (document.Kind, document.Head.Name) into named
        from duplicate in named.Skip(1)
        select Error(duplicate.Head.Location,
            $"{named.Key.Kind} {named.Key.Name} is already defined in {named.First().Head.Location}");

    internal static IEnumerable<PolicyProblem> Check(PolicySet set) =>
    [
        .. set.SigningPolicies.SelectMany(policy => Check(set, policy)),
        .. set.AdmissionPolicies.SelectMany(policy => Check(set, policy)),
        .. CheckTrustRoots(set),
        .. TransparencyCheck.CheckServices(set),
        .. CheckIdentities(set),
        .. CheckKeys(set),
    ];

    /// <summary>Keys are distinct inside an attestor, and no key serves two purposes; a warning for each that another attestor revokes.</summary>
    internal static IEnumerable<PolicyProblem> CheckKeys(PolicySet set)
    {
        var seen = new Dictionary<PublicKey, AttestorDefinition>();
        foreach (var attestor in set.Attestors)
        {
            var own = new HashSet<PublicKey>();
            foreach (var member in attestor.Members)
            {
                if (member.PublicKey is not { } key)
                    continue;

                if (!own.Add(key))
                    yield return Error(member.Location, $"the attestor {attestor.Name} has the key {key.Id} twice");
                else if (seen.TryGetValue(key, out var other) && other.Purpose != attestor.Purpose)
                    yield return Error(member.Location,
                        $"the key {key.Id} is also of {other.Name}, which is for {Word(other.Purpose)}; "
                        + "a key has one purpose");

                seen.TryAdd(key, attestor);
            }
        }

        foreach (var problem in SharedRevocations.Check(set).Concat(TransparencyCheck.CheckChoice(set)))
            yield return problem;
    }

    private static IEnumerable<PolicyProblem> CheckTrustRoots(PolicySet set) =>
    [
        .. from root in set.TrustRoots
           where string.Equals(root.Name, PolicySet.PublicGoodName, StringComparison.Ordinal)
           select Error(root.Location, $"the name {root.Name} is that of the trust root that is built in; take another"),
        .. from attestor in set.Attestors
           from member in attestor.Members
           where member.Witnesses is not null && set.FindTrustRoot(member.Witnesses.TrustRoot) is null
           select member.TrustRootPlace!.Error(
               $"there is no TrustRoot {member.Witnesses!.TrustRoot}; "
               + Suggestion.For(member.Witnesses.TrustRoot, set.TrustRoots.Select(root => root.Name).Append(PolicySet.PublicGoodName))),
    ];

    // Patterns of two purposes that overlap are found where somebody is both.
    private static IEnumerable<PolicyProblem> CheckIdentities(PolicySet set)
    {
        var seen = new Dictionary<TrustedIdentity, AttestorDefinition>();
        foreach (var attestor in set.Attestors)
        {
            var own = new HashSet<TrustedIdentity>();
            foreach (var member in attestor.Members)
            {
                if (member.Identity is not { } identity)
                    continue;

                if (!own.Add(identity))
                    yield return Error(member.Location, $"the attestor {attestor.Name} has the identity {identity} twice");
                else if (seen.TryGetValue(identity, out var other) && other.Purpose != attestor.Purpose)
                {
                    yield return Error(
                        member.Location,
                        $"the identity {identity} is also of {other.Name}, which is for {Word(other.Purpose)}; an identity has one purpose");
                }

                seen.TryAdd(identity, attestor);
            }
        }
    }

    private static IEnumerable<PolicyProblem> Check(PolicySet set, SigningPolicy policy)
    {
        if (CheckAttestor(set, policy.Attestor, policy.AttestorPlace, AttestorPurpose.Approval) is { } problem)
            yield return problem;
        else if (set.FindAttestor(policy.Attestor) is { Signer: null, HasRevoked: false })
            yield return policy.AttestorPlace.Error($"{policy.Attestor} has no member that signs; give one of its members a key and state: signing");

        foreach (var rule in policy.Vouching)
        {
            for (var i = 0; i < rule.SignedBy.Count; i++)
            {
                var (name, place) = (rule.SignedBy[i], rule.Places[i]);
                if (CheckAttestor(set, name, place, AttestorPurpose.Evidence) is { } wrong)
                    yield return wrong;
                else if (rule.Kind != VouchingRule.Attestation && set.FindAttestor(name)!.Members.Any(member => member.Witnesses is not null))
                {
                    yield return place.Error(
                        $"{name} has members with trustRoot, which count for what checks judge; for scanners and VEX name an attestor of keys alone");
                }
            }
        }
    }

    private static IEnumerable<PolicyProblem> Check(PolicySet set, AdmissionPolicy policy) =>
        from rule in policy.AllRules
        from leaf in rule.Require.Flatten().OfType<SignedRequirement>()
        let problem = CheckAttestor(
            set, leaf.Attestor, leaf.AttestorPlace,
            leaf is AttestationRequirement ? [AttestorPurpose.Approval, AttestorPurpose.Evidence] : [AttestorPurpose.Approval])
        where problem is not null
        select problem;

    private static PolicyProblem? CheckAttestor(
        PolicySet set, string name, FieldPlace place, params AttestorPurpose[] purposes)
    {
        if (set.FindAttestor(name) is not { } attestor)
        {
            var known = set.Attestors.Select(candidate => candidate.Name).ToList();
            return place.Error(known.Count == 0
                ? $"there is no attestor {name}; no Attestor document was loaded"
                : $"there is no attestor {name}; {Suggestion.For(name, known)}");
        }

        return purposes.Contains(attestor.Purpose)
            ? null
            : place.Error($"{name} is for {Word(attestor.Purpose)}, which does not count here; expected one for {string.Join(" or ", purposes.Select(Word))}");
    }

    private static PolicyProblem Error(SourceLocation location, string message) =>
        new(location, ProblemSeverity.Error, message);

    private static string Word(AttestorPurpose purpose) => purpose switch
    {
        AttestorPurpose.Approval => "approval",
        AttestorPurpose.Evidence => "evidence",
        _ => "policy",
    };
}
