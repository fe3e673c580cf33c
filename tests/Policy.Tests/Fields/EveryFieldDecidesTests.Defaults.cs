// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Policy.Comparing;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>
/// What is left out means what the schema says, and comparing policies tells no difference where somebody
/// writes it out.
/// </summary>
public sealed partial class EveryFieldDecidesTests
{
    // Writing these out changes what they mean, as their description says.
    private static readonly string[] Telling = ["spec.rules[].layouts", "spec.default.layouts"];

    // Where the field is inside of what its change replaces, or is there already: the object around it.
    private static readonly Dictionary<string, (string Path, string? Value)[]> Around = new(StringComparer.Ordinal)
    {
        ["spec.checks[].provenance.source"] = With("provenance", Provenance),
        ["spec.checks[].predicate.source"] = With("predicate", Predicate),
        ["spec.checks[].sbom.source"] = With("sbom", Sbom),
        ["spec.checks[].vulnerabilities.epss.maximumAge"] =
            [("spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5 }""")],
        ["spec.checks[].vulnerabilities.epss.whenMissing"] =
            [("spec.checks[0].vulnerabilities.epss", """{ "maximum": 0.5 }""")],
        ["spec.checks[].vulnerabilities.fixableGracePeriod.whenMissing"] =
            [("spec.checks[0].vulnerabilities.fixableGracePeriod", """{ "limit": "7d" }""")],
        ["spec.checks[].vulnerabilities.knownExploited.maximumAge"] =
            [("spec.checks[0].vulnerabilities.knownExploited", """{ "action": "deny" }""")],
        ["spec.evidence.combine"] = [],
        ["spec.evidence.maximumScanAge.whenMissing"] = [("spec.evidence.maximumScanAge", """{ "limit": "24h" }""")],
        ["spec.produce.attestations"] = [("spec.produce", "{}")],
        ["spec.produce.layouts"] = [("spec.produce", "{}")],
        ["spec.produce.signature"] = [("spec.produce", "{}")],
        ["spec.produce.validFor"] = [("spec.produce", "{}")],
        ["spec.produce.vsa"] = [("spec.produce", "{}")],
        ["spec.transparency.log"] = [("spec.transparency", """{ "trustRoot": "private", "timestamp": "required" }""")],
        ["spec.transparency.timestamp"] = [("spec.transparency", """{ "trustRoot": "private", "log": "required" }""")],
        ["spec.rules[].enforcement"] = [],
        ["spec.default.enforcement"] = [],
    };

    public static TheoryData<string, string> Defaults
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var kind in SchemaFields.Kinds.Keys)
            {
                foreach (var name in SchemaFields.Defaults(kind).Keys)
                    rows.Add(kind, name);
            }

            return rows;
        }
    }

    [Fact]
    public void Schemas_say_what_is_left_out() => Assert.InRange(Defaults.Count, 40, 60);

    [Theory, MemberData(nameof(Defaults))]
    public void A_default_that_is_written_out_is_no_change(string kind, string field)
    {
        var flip = Flips.Single(candidate => candidate.Kind == kind && candidate.Field == field);
        var given = Around.GetValueOrDefault(field, flip.Given ?? []);
        var path = PathOf(flip);
        var usual = SchemaFields.Defaults(kind)[field];
        var absent = Documents(flip, [.. given, (path, usual.ToJsonString()), (path, null)]);
        var written = Documents(flip, [.. given, (path, usual.ToJsonString())]);

        var (before, after) = (PolicyText.TryLoad(absent), PolicyText.TryLoad(written));
        Assert.True(before.IsUsable, string.Join("\n", before.Problems));
        Assert.True(after.IsUsable, string.Join("\n", after.Problems));
        Assert.NotEqual(before.Set.Revision, after.Set.Revision);
        Assert.Equal(Probe.Ask(before), Probe.Ask(after));
        if (Telling.Contains(field))
        {
            Assert.NotEmpty(Compare(absent, written));
            return;
        }

        Assert.Empty(Compare(absent, written));
        Assert.Empty(Compare(written, absent));
    }

    /// <summary>Defaults that follow from what stands beside the field: the member, the field and its value.</summary>
    public static TheoryData<string, string, string> Following => new()
    {
        { """{ "key": "file:keys/other" }""", "state", "signing" },
        { $$"""{ "publicKey": {{Quote(TestKey.Stranger.Pem)}} }""", "state", "verifying" },
        { WithIdentity[0].Item2!, "state", "verifying" },
        { WithIdentity[0].Item2!, "transparencyLog", "required" },
        {
            $$"""{ "publicKey": {{Quote(TestKey.Stranger.Pem)}}, "trustRoot": "private", "timestamp": "required" }""",
            "transparencyLog", "none"
        },
        { $$"""{ "publicKey": {{Quote(TestKey.Stranger.Pem)}} }""", "algorithm", "ecdsa-p256-sha256" },
        { $$"""{ "publicKey": {{Quote(Probe.P384Pem)}} }""", "algorithm", "ecdsa-p384-sha384" },
    };

    [Theory, MemberData(nameof(Following))]
    public void So_is_one_that_follows_from_what_stands_beside_it(string member, string field, string value)
    {
        // Beside a key, and alone: members with and without a name of their own are told apart in two ways.
        foreach (var list in new[] { "spec.members[+]", "spec.members[0]" })
        {
            var at = list.Replace("+", "1", StringComparison.Ordinal);
            var absent = PolicyText.Edit(Release, (list, JsonNode.Parse(member)));
            var written = PolicyText.Edit(absent, ($"{at}.{field}", value));

            Assert.Empty(Compare([PolicyText.File(absent)], [PolicyText.File(written)]));
            Assert.Empty(Compare([PolicyText.File(written)], [PolicyText.File(absent)]));
        }
    }

    [Fact]
    public void An_attestor_that_verifies_under_its_own_name_is_no_change()
    {
        var written = PolicyText.Edit(Release, ("spec.verifierId", "supplychain:attestor/release"));
        var other = PolicyText.Edit(Release, ("spec.verifierId", "supplychain:attestor/other"));

        Assert.Empty(Compare([PolicyText.File(Release)], [PolicyText.File(written)]));
        Assert.NotEmpty(Compare([PolicyText.File(Release)], [PolicyText.File(other)]));
    }

    // The first entry of each list, but for members and checks, where the one that was given is the second.
    private static string PathOf(Flip flip)
    {
        var isGiven = !flip.Field.StartsWith("spec.checks[].vulnerabilities.", StringComparison.Ordinal);
        return flip.Field.Replace("checks[]", isGiven ? "checks[1]" : "checks[0]", StringComparison.Ordinal)
            .Replace("members[]", "members[1]", StringComparison.Ordinal)
            .Replace("[]", "[0]", StringComparison.Ordinal);
    }

    private static IReadOnlyList<PolicyChange> Compare(string[] old, string[] now) => Compare(
        [.. old.Select((text, i) => PolicyText.File(text, i))], [.. now.Select((text, i) => PolicyText.File(text, i))]);

    private static IReadOnlyList<PolicyChange> Compare(IReadOnlyList<PolicyFile> old, IReadOnlyList<PolicyFile> now) =>
        PolicyComparison.Compare(old, now);
}
