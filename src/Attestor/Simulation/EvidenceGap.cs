// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// What a policy would look for that the recorded one did not. Evidence is gathered for a policy: what nobody asked for then is not in
/// the record, and its absence there says nothing about the image.
/// </summary>
internal static class EvidenceGap
{
    /// <summary>The first thing that is not in the record, in words; null when everything is.</summary>
    public static string? Find(RecordedEvidence recorded, SigningPolicy changed, PolicySet policies)
    {
        var asked = Attested(recorded.Policy.Checks);
        var scanners = Attested(recorded.Policy);
        var types = asked.SelectMany(check => check.PredicateTypes).ToHashSet(StringComparer.Ordinal);
        var keys = recorded.Policies.KeysOf(asked.SelectMany(check => check.SignedBy).Concat(scanners)).ToHashSet();
        // What requesters send is kept whether or not anybody asked for it.
        foreach (var check in Attested(changed.Checks))
        {
            if (check.PredicateTypes.Intersect(recorded.LeftOut, StringComparer.Ordinal).Any())
                return $"{check.Name} judges scan attestations, whose bytes are not kept";
            if (check.PredicateTypes.Except(types, StringComparer.Ordinal).FirstOrDefault() is { } type)
                return $"{check.Name} asks for {Printable.Escape(type)}, which nobody looked for then";
            if (policies.KeysOf(check.SignedBy).Any(key => !keys.Contains(key)))
                return $"{check.Name} asks for statements of signers whom nobody asked for then";
            if (Witnessed(policies, [check]).Except(Witnessed(recorded.Policies, asked)).Any())
                return $"{check.Name} asks for statements of identities, or by trust roots, that nobody asked for then";
        }

        var scannerKeys = recorded.Policies.KeysOf(scanners).ToHashSet();
        if (policies.KeysOf(Attested(changed)).Any(key => !scannerKeys.Contains(key)))
            return "reports attested by other signers count, which nobody looked for then";

        var vexKeys = recorded.Policies.KeysOf(recorded.Policy.Evidence.Vex.SelectMany(rule => rule.SignedBy)).ToHashSet();
        if (policies.KeysOf(changed.Evidence.Vex.SelectMany(rule => rule.SignedBy)).Any(key => !vexKeys.Contains(key)))
            return "VEX of other signers counts, which nobody looked for then";
        var vexTypes = recorded.Policy.Evidence.Vex.SelectMany(rule => rule.PredicateTypes);
        if (changed.Evidence.Vex.SelectMany(rule => rule.PredicateTypes).Except(vexTypes, StringComparer.Ordinal).FirstOrDefault() is { } vexType)
            return $"VEX that is attested as {Printable.Escape(vexType)} counts, which nobody looked for then";

        // What the service had of threat data is kept, whoever asked for it.
        if (recorded.Evidence.ThreatData.KnownExploited is null && IsNew(check => check.KnownExploited is not null))
            return "the catalogue of known exploited vulnerabilities is asked for, which nobody looked for then";
        if (recorded.Evidence.ThreatData.Epss is null && IsNew(check => check.Epss is not null))
            return "the file of EPSS scores is asked for, which nobody looked for then";

        var bases = recorded.Evidence.BaseImages.Select(image => image.Reference.ToString()).ToHashSet(StringComparer.Ordinal);
        return changed.Checks.OfType<BaseImageCheck>().SelectMany(check => check.Approved)
            .FirstOrDefault(image => !bases.Contains(image.ToString())) is { } unknown
                ? $"the base image {unknown} is approved, which nobody fetched then"
                : null;

        bool IsNew(Func<VulnerabilityCheck, bool> asks) =>
            changed.Checks.OfType<VulnerabilityCheck>().Any(asks) && !recorded.Policy.Checks.OfType<VulnerabilityCheck>().Any(asks);
    }

    private static List<AttestationCheck> Attested(IEnumerable<PolicyCheck> checks) =>
        [.. checks.OfType<AttestationCheck>().Where(check => check.Source == EvidenceSource.Attested)];

    private static IEnumerable<string> Attested(SigningPolicy policy) => policy.Evidence.Scanners
        .Where(scanner => scanner.Source == EvidenceSource.Attested).SelectMany(scanner => scanner.SignedBy);

    // An attestor by its words and trust roots, where anything but a key has to speak for its members.
    private static IEnumerable<Digest> Witnessed(PolicySet policies, IEnumerable<AttestationCheck> checks) => checks
        .SelectMany(check => check.SignedBy).Select(policies.FindAttestor).OfType<AttestorDefinition>()
        .Select(attestor => SignerTrust.Of(attestor, policies)).OfType<Digest>();
}
