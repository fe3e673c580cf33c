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

        var named = rules.Vex.SelectMany(rule => rule.SignedBy).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Member: MemberOf(name, key)))
            .Where(found => found.Member is not null)
            .ToList();
        if (named.Count == 0)
            return Reject(vex, $"the policy does not name the key {key.Id}");

        var valid = named.Where(found => found.Member!.IsValidAt(time)).Select(found => found.Name).ToList();
        return valid.Count == 0
            ? Reject(vex, $"the key that signed it {KeyWindow.Verb(named[0].Member!)}: {KeyWindow.Describe(named[0].Member!)}")
            : new JudgedVex(
                vex, [.. rules.Vex.Where(rule => rule.SignedBy.Intersect(valid, StringComparer.Ordinal).Any())], valid[0], Rejection: null);
    }

    private AttestorMember? MemberOf(string name, PublicKey key) =>
        policies.FindAttestor(name) is { Purpose: AttestorPurpose.Evidence } attestor ? attestor.MemberOf(key) : null;

    private static JudgedVex Reject(VexEvidence vex, string why) =>
        new(vex, [], Attestor: null, new Rejection(ReasonCode.VexUntrusted, why));
}
