// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Policy.Comparing;

namespace SupplyChain.Policy.Tests.Comparing;

/// <summary>What a change of a policy means, and whether it accepts more or less.</summary>
public sealed class PolicyComparisonTests
{
    private const string Vulnerabilities = "spec.checks[0].vulnerabilities";
    private const string Shown = "spec.checks[no-serious-vulnerabilities].vulnerabilities";
    private const string Exception = """{ "id": "CVE-2026-1", "until": "2027-01-31", "owner": "o", "reason": "r" }""";

    public static TheoryData<string, string, string, string> Stricter => new()
    {
        { "spec.evidence.maximumScanAge", "\"12h\"", "spec.evidence.maximumScanAge.limit", "24h → 12h" },
        { "spec.evidence.maximumDatabaseAge.whenMissing", "\"refuse\"", "spec.evidence.maximumDatabaseAge.whenMissing", "accept → refuse" },
        { "spec.evidence.scanners[0].minimumVersion", "\"0.58\"", "spec.evidence.scanners[trivy].minimumVersion", " → 0.58" },
        { $"{Vulnerabilities}.maximumFixableSeverity", "\"BLOCK_ALL\"", $"{Shown}.maximumFixableSeverity", "LOW → BLOCK_ALL" },
        { $"{Vulnerabilities}.maximumUnfixableSeverity", "\"LOW\"", $"{Shown}.maximumUnfixableSeverity", "MEDIUM → LOW" },
        { $"{Vulnerabilities}.blockedCves", """["CVE-2026-1"]""", $"{Shown}.blockedCves", """ → ["CVE-2026-1"]""" },
        { $"{Vulnerabilities}.knownExploited", "\"deny\"", $"{Shown}.knownExploited.action", "allow → deny" },
        { $"{Vulnerabilities}.maxCount", """{ "HIGH": 0 }""", $"{Shown}.maxCount", """ → {"HIGH":0}""" },
        { $"{Vulnerabilities}.epss", """{ "maximum": 0.5 }""", $"{Shown}.epss", """ → {"maximum":0.5}""" },
        { $"{Vulnerabilities}.severityFrom", "\"highest\"", $"{Shown}.severityFrom", "label → highest" },
        { "spec.requesters[0].claims.environment", "\"production\"", "spec.requesters[0].claims.environment", " → production" },
        { "spec.produce", """{ "validFor": "7d" }""", "spec.produce.validFor", "30d → 7d" },
        { "spec.transparency", """{ "trustRoot": "private", "log": "required" }""", "spec.transparency", """ → {"trustRoot":"private","log":"required"}""" },
        { "spec.checks[+]", """{ "name": "root", "imageConfig": { "user": "nonRoot" } }""", "spec.checks[root]", """ → {"name":"root","imageConfig":{"user":"nonRoot"}}""" },
    };

    // Said once, tested in both directions: what is stricter one way is laxer the other.
    [Theory, MemberData(nameof(Stricter))]
    public void Knows_which_way_is_stricter(string path, string value, string shown, string change)
    {
        var now = PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(value)));
        var there = Assert.Single(Compare(PolicyText.Signing, now));
        Assert.Equal((shown, change, ChangeDirection.Stricter), (there.Path, $"{there.Old} → {there.New}", there.Direction));
        var back = Assert.Single(Compare(now, PolicyText.Signing));
        Assert.Equal((shown, ChangeDirection.Laxer), (back.Path, back.Direction));
    }

    [Theory]
    [InlineData("log")]
    [InlineData("timestamp")]
    public void Asking_more_to_see_what_is_signed_is_stricter(string field)
    {
        string Policy(string word) => PolicyText.Edit(PolicyText.Signing, ("spec.transparency", JsonNode.Parse(
            $$"""{ "trustRoot": "private", "{{(field == "log" ? "timestamp" : "log")}}": "required", "{{field}}": "{{word}}" }""")));

        var there = Assert.Single(Compare(Policy("none"), Policy("required")));

        Assert.Equal(($"spec.transparency.{field}", ChangeDirection.Stricter), (there.Path, there.Direction));
        Assert.Equal(ChangeDirection.Laxer, Assert.Single(Compare(Policy("required"), Policy("none"))).Direction);
    }

    public static TheoryData<string, string, string, ChangeDirection> Others => new()
    {
        { $"{Vulnerabilities}.exceptions", $"[{Exception}]", $"{Shown}.exceptions", ChangeDirection.Laxer },
        { $"{Vulnerabilities}.fixableGracePeriod", "\"7d\"", $"{Shown}.fixableGracePeriod", ChangeDirection.Laxer },
        { "spec.subjects[+]", "\"registry.example.com/web/**\"", "spec.subjects[registry.example.com/web/**]", ChangeDirection.Laxer },
        { "spec.evidence.posters", """[{ "issuer": "https://ci.example.com", "claims": { "sub": "scanner" } }]""", "spec.evidence.posters", ChangeDirection.Laxer },
        { "spec.evidence.combine", "\"any\"", "spec.evidence.combine.word", ChangeDirection.Laxer },
        { "spec.evidence.scanners[0].binding", "\"asserted\"", "spec.evidence.scanners[trivy].binding", ChangeDirection.Laxer },
        { "spec.requesters[0].claims.ref", "\"refs/heads/other\"", "spec.requesters[0].claims.ref", ChangeDirection.Changed },
        { "spec.attestor", "\"security\"", "spec.attestor", ChangeDirection.Changed },
        { "spec.evidence.platforms", """["linux/amd64"]""", "spec.evidence.platforms", ChangeDirection.Changed },
        { "spec.evidence.scanners[0].formats", """["native", "sarif"]""", "spec.evidence.scanners[trivy].formats[sarif]", ChangeDirection.Laxer },
        { "spec.produce", """{ "layouts": ["bundle"] }""", "spec.produce.layouts[tag]", ChangeDirection.Changed },
        { "spec.produce", """{ "attestations": [] }""", "spec.produce.attestations[vulnerabilities]", ChangeDirection.Changed },
        { "metadata.description", "\"Another.\"", "metadata.description", ChangeDirection.Changed },
    };

    [Theory, MemberData(nameof(Others))]
    public void Says_laxer_or_changed(string path, string value, string shown, ChangeDirection direction)
    {
        var change = Assert.Single(Compare(PolicyText.Signing, PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(value)))));

        Assert.Equal((shown, direction), (change.Path, change.Direction));
    }

    public static TheoryData<string, string> Same => new()
    {
        { "spec.evidence.maximumScanAge", "\"1d\"" },
        { "spec.evidence.maximumScanAge", """{ "limit": "24h", "whenMissing": "refuse" }""" },
        { "spec.evidence.combine", "\"union\"" },
        { "spec.evidence.platforms", "\"all\"" },
        { "spec.mode", "\"enforce\"" },
        { $"{Vulnerabilities}.unknownSeverity", "\"CRITICAL\"" },
        { $"{Vulnerabilities}.knownExploited", "\"allow\"" },
    };

    [Theory, MemberData(nameof(Same))]
    public void What_means_the_same_is_no_difference(string path, string value) =>
        Assert.Empty(Compare(PolicyText.Signing, PolicyText.Edit(PolicyText.Signing, (path, JsonNode.Parse(value)))));

    [Fact]
    public void Exceptions_are_told_apart_by_what_they_waive()
    {
        var old = PolicyText.Edit(PolicyText.Signing, ($"{Vulnerabilities}.exceptions", JsonNode.Parse($"[{Exception}]")));
        var now = PolicyText.Edit(
            PolicyText.Signing,
            ($"{Vulnerabilities}.exceptions", JsonNode.Parse($"[{Exception.Replace("2026-1", "2026-2", StringComparison.Ordinal)}, {Exception.Replace("01-31", "02-28", StringComparison.Ordinal)}]")));

        Assert.Equal(
            [($"{Shown}.exceptions[CVE-2026-1].until", ChangeDirection.Laxer), ($"{Shown}.exceptions[CVE-2026-2]", ChangeDirection.Laxer)],
            Compare(old, now).Select(change => (change.Path, change.Direction)));
    }

    public static TheoryData<string, string?, ChangeDirection> Admission => new()
    {
        { "spec.rules[0].require.approval.maximumAge", "\"7d\"", ChangeDirection.Stricter },
        { "spec.rules[0].require.approval.maximumAge", null, ChangeDirection.Laxer },
        { "spec.registries[+]", "\"quay.io\"", ChangeDirection.Laxer },
        { "spec.exempt", null, ChangeDirection.Stricter },
        { "spec.default", null, ChangeDirection.Stricter },
        { "spec.rules[0].repository", "\"any\"", ChangeDirection.Laxer },
        { "spec.rules[0].scope.cluster", "\"other\"", ChangeDirection.Changed },
        { "spec.rules[+]", """{ "name": "web", "scope": { "namespace": "web" }, "require": { "signature": { "attestor": "qa" } } }""", ChangeDirection.Changed },
    };

    [Theory, MemberData(nameof(Admission))]
    public void Knows_admission_policies(string path, string? value, ChangeDirection direction)
    {
        var now = PolicyText.Edit(PolicyText.Admission, (path, value is null ? null : JsonNode.Parse(value)));

        Assert.Equal(direction, Assert.Single(Compare(PolicyText.Admission, now)).Direction);
    }

    [Theory]
    [InlineData("all", "Stricter")]
    [InlineData("any", "Laxer")]
    public void One_more_requirement_is_stricter_below_all_and_laxer_below_any(string word, string direction)
    {
        string With(string list) => PolicyText.Edit(PolicyText.Admission, ("spec.default.require", JsonNode.Parse($$"""{ "{{word}}": [{{list}}] }""")));
        const string One = """{ "signature": { "attestor": "qa" } }""";

        var change = Assert.Single(Compare(With(One), With(One + """, { "signature": { "attestor": "security" } }""")));

        Assert.Equal(direction, change.Direction.ToString());
    }

    [Fact]
    public void A_document_more_or_less_is_a_change()
    {
        var change = Assert.Single(PolicyComparison.Compare([PolicyText.File(PolicyText.Signing)], [PolicyText.File(PolicyText.Signing), PolicyText.File(PolicyText.Admission, 1)]));

        Assert.Equal(("AdmissionPolicy", "production", "", null, "present", ChangeDirection.Changed), (change.Kind, change.Policy, change.Path, change.Old, change.New, change.Direction));
    }

    [Fact]
    public void A_retired_key_is_stricter()
    {
        var now = PolicyText.Edit(PolicyText.ApprovalAttestor, ("spec.members[0].state", "retired"));
        var old = PolicyText.Edit(PolicyText.ApprovalAttestor, ("spec.members[0].state", "verifying"));

        Assert.Equal(ChangeDirection.Stricter, Assert.Single(Compare(old, now)).Direction);
        Assert.Equal(ChangeDirection.Laxer, Assert.Single(Compare(now, old)).Direction);
    }

    [Theory]
    [InlineData("secrets")]
    [InlineData("misconfigurations")]
    public void To_count_less_severe_findings_no_longer_is_laxer(string kind)
    {
        string Policy(string more) => PolicyText.Edit(
            PolicyText.Signing, ("spec.checks[+]", JsonNode.Parse($$"""{ "name": "more", "{{kind}}": { "maximumCount": 0{{more}} } }""")));

        var change = Assert.Single(Compare(Policy(""), Policy(""", "maximumSeverity": "LOW" """)));

        Assert.Equal(
            ($"spec.checks[more].{kind}.maximumSeverity", "BLOCK_ALL", "LOW", ChangeDirection.Laxer),
            (change.Path, change.Old, change.New, change.Direction));
    }

    // Beside a key, which has a name of its own, and identities that have none.
    [Theory]
    [InlineData("transparencyLog", "none", "required → none", ChangeDirection.Laxer)]
    [InlineData("certificateLog", "none", "required → none", ChangeDirection.Laxer)]
    [InlineData("timestamp", "required", "none → required", ChangeDirection.Stricter)]
    [InlineData("state", "revoked", "verifying → revoked", ChangeDirection.Stricter)]
    public void A_member_without_a_name_is_compared_by_its_place(string field, string value, string shown, ChangeDirection direction)
    {
        var old = PolicyText.Edit(
            PolicyText.ApprovalAttestor,
            ("spec.members[+]", JsonNode.Parse("""{ "trustRoot": "private", "identity": { "issuer": "a", "subject": "b" } }""")));

        var change = Assert.Single(Compare(old, PolicyText.Edit(old, ($"spec.members[1].{field}", value))));

        Assert.Equal(($"spec.members[1].{field}", shown, direction), (change.Path, $"{change.Old} → {change.New}", change.Direction));
    }

    private static IReadOnlyList<PolicyChange> Compare(string old, string now) =>
        PolicyComparison.Compare([PolicyText.File(old)], [PolicyText.File(now)]);
}
