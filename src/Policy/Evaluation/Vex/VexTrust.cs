// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Which rules let the signer of a VEX document speak. Without one the document changes nothing, for better or worse.</summary>
internal sealed class VexTrust(EvidenceRules rules, PolicySet policies, DateTimeOffset time)
{
    internal JudgedVex Judge(VexEvidence vex)
    {
        if (vex.Source != EvidenceSource.Attested || vex.SignedBy is not { } key)
            return Reject(vex, "nobody signed it");

        var taken = rules.Vex.Where(rule => rule.PredicateTypes.Contains(vex.PredicateType, StringComparer.Ordinal)).ToList();
        if (taken.Count == 0)
            return Reject(vex, $"the policy takes no VEX that is attested as {Printable.Escape(vex.PredicateType)}");

        var named = taken.SelectMany(rule => rule.SignedBy).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Member: MemberOf(name, key)))
            .Where(found => found.Member is not null)
            .ToList();
        if (named.Count == 0)
            return Reject(vex, $"the policy does not name the key {key.Id}");

        var valid = named.Where(found => found.Member!.IsValidAt(time)).Select(found => found.Name).ToList();
        if (valid.Count == 0)
            return Reject(vex, $"the key that signed it {KeyWindow.Verb(named[0].Member!)}: {KeyWindow.Describe(named[0].Member!)}");

        var spoken = taken.Where(rule => rule.SignedBy.Intersect(valid, StringComparer.Ordinal).Any()).ToList();
        return vex.Document is null
            ? new JudgedVex(vex, [], valid[0], new Rejection(ReasonCode.VexMalformed, $"it cannot be read: {vex.Problem}"))
            : new JudgedVex(vex, spoken, valid[0], Rejection: null);
    }

    private AttestorMember? MemberOf(string name, PublicKey key) =>
        policies.FindAttestor(name) is { Purpose: AttestorPurpose.Evidence } attestor ? attestor.MemberOf(key) : null;

    private static JudgedVex Reject(VexEvidence vex, string why) =>
        new(vex, [], Attestor: null, new Rejection(ReasonCode.VexUntrusted, why));
}
