// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Policy.Tests.Recording;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>Whatever a policy says, what it decided is decided again on the record of it.</summary>
public sealed partial class EveryFieldDecidesTests
{
    public static TheoryData<string> SigningFields => [.. Flips.Where(flip => flip is { Kind: "SigningPolicy", Refuses: false }).Select(flip => flip.Field)];

    [Theory, MemberData(nameof(SigningFields))]
    public void A_policy_with_the_field_decides_the_same_on_recorded_evidence(string field)
    {
        var flip = Flips.Single(candidate => candidate.Kind == "SigningPolicy" && candidate.Field == field);
        var loaded = Load(flip, [.. flip.Given ?? [], (flip.Path, flip.To)]);
        Assert.True(loaded.IsUsable, string.Join("\n", loaded.Problems));
        var set = loaded.Set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:keys/release"] = TestKey.Approval.Public }).Set!;
        var policy = set.SigningPolicies[0];

        foreach (var evidence in Probe.SigningBattery)
        {
            var replayed = Replay.Read(EvidenceFormat.Write(set, policy, evidence)!);

            Assert.Equal(policy.Revision, replayed.Policy.Revision);
            Assert.Equal(
                SigningEvaluation.Evaluate(policy, set, evidence, Now).Text(),
                SigningEvaluation.Evaluate(replayed.Policy, replayed.Policies, replayed.Evidence, Now).Text());
        }
    }
}
