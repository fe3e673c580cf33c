// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;

namespace SupplyChain.Policy.Tests.Shipped;

/// <summary>
/// No value of a shipped signing policy can be changed, to something laxer or something stricter, without a fixture noticing.
/// </summary>
public sealed class EveryShippedFieldIsTestedTests
{
    // What changes no answer: what a document is, and words for people.
    private static readonly string[] Mute = ["apiVersion", "kind", "metadata.description"];

    // The age of a database is limited for the day a scanner tells it; Trivy, the only one these sets take, does not.
    private static readonly string[] TrivyAlone = ["starter", "observe-first", "nist-800-190"];
    private const string DatabaseAge = "spec.evidence.maximumDatabaseAge.limit";

    private static readonly PolicyFile[] Others =
    [
        PolicyText.File(PolicyText.Attestor("other-approval", "approval", TestKey.Qa, "key: file:keys/other")),
        PolicyText.File(PolicyText.Attestor("other-evidence", "evidence", TestKey.Stranger, "key: file:keys/others")),
    ];

    public static TheoryData<string, string> Leaves => new(
        from set in ShippedFixtures.Sets
        from leaf in FieldMutations.Leaves(Signing(set))
        where !Mute.Contains(leaf, StringComparer.Ordinal) && !(leaf == DatabaseAge && TrivyAlone.Contains(set, StringComparer.Ordinal))
        select (set, leaf));

    [Theory, MemberData(nameof(Leaves))]
    public void A_changed_field_breaks_a_fixture(string set, string leaf)
    {
        var signing = Signing(set);
        var changed = 0;
        foreach (var (what, changes) in FieldMutations.Of(signing, leaf))
        {
            var policies = With(set, PolicyText.Edit(signing.ToJsonString(), changes));
            if (!PolicyLoader.Load(policies).IsUsable)
                continue;

            changed++;
            Assert.True(
                ShippedFixtures.Run(set, "signing.yaml", policies).Any(result => !result.IsMet),
                $"{set}: no fixture notices that {leaf} is {what}");
        }

        Assert.True(changed > 0, $"{set}: no change of {leaf} gives a policy that loads");
    }

    [Fact]
    public void What_cannot_break_one_is_still_there() => Assert.All(ShippedFixtures.Sets, set =>
    {
        var leaves = FieldMutations.Leaves(Signing(set)).ToList();
        Assert.All(Mute, mute => Assert.Contains(mute, leaves, StringComparer.Ordinal));
    });

    private static JsonNode Signing(string set) => ShippedFixtures.Policies(set)
        .Select(file => PolicyText.ToJson(Encoding.UTF8.GetString(file.Content.Span)))
        .Single(document => document["kind"]!.GetValue<string>() is "SigningPolicy");

    private static IReadOnlyList<PolicyFile> With(string set, string signing) =>
    [
        .. ShippedFixtures.Policies(set).Where(file => !Path.GetFileName(file.Path).StartsWith("signing", StringComparison.Ordinal)),
        .. Others,
        new PolicyFile("signing.json", Encoding.UTF8.GetBytes(signing)),
    ];
}
