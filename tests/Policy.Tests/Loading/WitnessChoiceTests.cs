// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Loading;

/// <summary>
/// How many logs and timestamp authorities a signing configuration has asked, and what the layouts and the trust root have room for: where the two
/// never go together the policy is refused when it is loaded.
/// </summary>
public sealed class WitnessChoiceTests
{
    private const string Bundles = """{ "layouts": ["bundle"] }""";
    private const string Tag = """{ "layouts": ["bundle", "tag"] }""";
    private const string Crowded =
        "spec.transparency.log: nothing can ever be signed: the tag layout holds the entry of one log, and 2 have to record what is signed; produce.layouts: [bundle] leaves it out";

    private static readonly string Two = $"{Log("a")},{Log("b")}";
    private static readonly string UntilSummer = Log("a", end: "2026-06-30T00:00:00Z");

    public static TheoryData<string, string, string, string, string> Refused => new()
    {
        { "EXACT asks for two", Tag, "EXACT 2", Two, Crowded },
        { "ALL are two", Tag, "ALL", Two, Crowded },
        { "ALL are two one day", Tag, "ALL", $"{Log("a")},{Log("b", start: "2030-01-01T00:00:00Z")}", Crowded },
        { "ALL are two for as long as there is one", Tag, "ALL", $"{UntilSummer},{Log("b", end: "2026-06-30T00:00:00Z")}", Crowded },
        {
            "of two, one has a version that the tag layout holds", Tag, "EXACT 2", $"{Log("a")},{Log("b", 2)}",
            "spec.transparency.log: nothing can ever be signed: the signing configuration asks for 2 logs of distinct operators; of the 2 it lists, 1 have version 1 and are in use at 2026-01-01T00:00:00Z"
        },
        {
            "all have a version that it does not hold", Tag, "ANY", Log("a", 2),
            "spec.transparency.log: no log of private records what the key signs in the tag layout: the tag layout holds entries of logs of version 1 alone; produce.layouts: [bundle] leaves it out"
        },
        {
            "two of one operator are one", Bundles, "EXACT 2", $"{Log("a")},{Log("b", by: "a")}",
            "spec.transparency.log: nothing can ever be signed: the signing configuration asks for 2 logs of distinct operators; of the 2 it lists, 1 have version 1 or 2 and are in use at 2026-01-01T00:00:00Z"
        },
        {
            "two are never in use together", Bundles, "EXACT 2", $"{UntilSummer},{Log("b", start: "2026-06-30T00:00:01Z")}",
            "spec.transparency.log: nothing can ever be signed: the signing configuration asks for 2 logs of distinct operators; of the 2 it lists, 1 have version 1 or 2"
        },
        {
            "a verifier tells two apart", Bundles, "ALL", $"{Two},{Log("c")}",
            "spec.transparency.log: nothing can ever be signed: 3 logs of distinct operators have to see what is signed, and the trust root tells logs of 2 apart"
        },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_can_never_be_had_is_refused(string because, string produce, string selector, string logs, string expected)
    {
        var loaded = Load(produce, Config(selector, logs));

        Assert.False(loaded.IsUsable, because);
        var problem = Assert.Single(loaded.Problems, problem => problem.Severity == ProblemSeverity.Error);
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Accepted => new()
    {
        { "bundles hold several", Bundles, "EXACT 2", Two },
        { "all of them too", Bundles, "ALL", Two },
        { "no signature is stored by tag", """{ "signature": false }""", "EXACT 2", Two },
        { "any one of two", Tag, "ANY", Two },
        { "one of two", Tag, "EXACT 1", Two },
        { "two of one operator are one", Tag, "ALL", $"{Log("a")},{Log("b", by: "a")}" },
        { "one of two has the version", Tag, "ALL", $"{Log("a")},{Log("b", 2)}" },
        { "one after the other", Tag, "ALL", $"{UntilSummer},{Log("b", start: "2026-06-30T00:00:01Z")}" },
        { "the other goes on alone", Tag, "ALL", $"{UntilSummer},{Log("b")}" },
        { "it began alone, and both end", Tag, "ALL", $"{UntilSummer},{Log("b", start: "2026-03-01T00:00:00Z", end: "2026-06-30T00:00:00Z")}" },
        { "two of three that come and go", Bundles, "EXACT 2", $"{UntilSummer},{Log("b")},{Log("c", start: "2026-07-01T00:00:00Z")}" },
        { "what has ended may come back", Tag, "ANY", UntilSummer },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void What_can_be_had_at_some_time_is_accepted(string because, string produce, string selector, string logs)
    {
        var loaded = Load(produce, Config(selector, logs));

        Assert.True(loaded.IsUsable, $"{because}: {string.Join('\n', loaded.Problems)}");
    }

    [Fact]
    public void How_many_logs_there_are_is_nobody_s_business_where_none_is_asked()
    {
        var loaded = Load(Tag, Config("EXACT 2", Two), """{ "trustRoot": "private", "timestamp": "required" }""");

        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
    }

    public static TheoryData<string, string, string, string> Times => new()
    {
        {
            "one is listed", Bundles, Service("time", by: "time"),
            "the signing configuration asks for 2 timestamp authorities of distinct operators; of the 1 it lists, 1 have version 1 and are in use at 2026-01-01T00:00:00Z"
        },
        {
            "one is trusted", Bundles, $"{Service("time", by: "time")},{Service("clock", by: "clock")}",
            "2 timestamp authorities of distinct operators have to see what is signed, and the trust root tells timestamp authorities of 1 apart"
        },
    };

    [Theory, MemberData(nameof(Times))]
    public void So_it_is_for_timestamp_authorities(string because, string produce, string authorities, string expected)
    {
        var loaded = Load(produce, Config("ANY", Log("a"), authorities, "EXACT 2"));

        Assert.False(loaded.IsUsable, because);
        var problem = Assert.Single(loaded.Problems, problem => problem.Severity == ProblemSeverity.Error);
        Assert.Equal("spec.transparency.timestamp: nothing can ever be signed: " + expected, problem.Message);
    }

    [Fact]
    public void The_layout_speaks_before_the_key_is_known()
    {
        const string Unresolved = """
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec: { purpose: approval, members: [{ key: file:keys/release }] }
            """;

        Assert.Contains(Load(Tag, Config("ALL", Two), attestor: Unresolved).Problems, problem => problem.Message == Crowded);
        Assert.Contains(
            Load(Tag, Config("ANY", Log("a", 2)), attestor: Unresolved).Problems,
            problem => problem.Message.Contains("the tag layout holds entries of logs of version 1 alone", StringComparison.Ordinal));
        Assert.True(Load(Bundles, Config("ALL", Two), attestor: Unresolved).IsUsable);
    }

    [Fact]
    public void Lint_warns_of_what_cannot_be_had_now()
    {
        var logs = $"{UntilSummer},{Log("b")}";
        var (spring, autumn) = (new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero));
        var tag = Load(Tag, Config("ALL", logs)).Set!;

        Assert.Equal(
            "spec.transparency.log: nothing can be signed now: the tag layout holds the entry of one log, and 2 have to record what is signed; produce.layouts: [bundle] leaves it out",
            Assert.Single(Warnings(tag, spring)));
        Assert.Empty(Warnings(tag, autumn));
        Assert.Empty(Warnings(Load(Bundles, Config("ALL", logs)).Set!, spring));
    }

    private static IEnumerable<string> Warnings(PolicySet set, DateTimeOffset time) => set.Lint(time)
        .Where(problem => problem.Severity == ProblemSeverity.Warning && problem.Message.StartsWith("spec.transparency", StringComparison.Ordinal))
        .Select(problem => problem.Message);

    private static PolicyLoadResult Load(
        string produce, string config, string transparency = """{ "trustRoot": "private", "log": "required", "timestamp": "required" }""",
        string? attestor = null)
    {
        var root = JsonNode.Parse(Keyless.TrustRoot)!;
        var trusted = JsonNode.Parse(root["spec"]!["trustedRoot"]!.GetValue<string>())!;
        trusted["tlogs"]![0]!["operator"] = "a";
        trusted["tlogs"]![1]!["operator"] = "b";
        root["spec"]!["trustedRoot"] = trusted.ToJsonString();
        root["spec"]!["signingConfig"] = config;
        return PolicyText.TryLoad(
            PolicyText.Edit(PolicyText.Signing, ("spec.transparency", JsonNode.Parse(transparency)), ("spec.produce", JsonNode.Parse(produce))),
            attestor ?? PolicyText.ApprovalAttestor, root.ToJsonString());
    }

    private static string Config(string selector, string logs, string? authorities = null, string times = "ANY") => $$$"""
        {"mediaType":"{{{SigningConfig.MediaType}}}","rekorTlogUrls":[{{{logs}}}],"rekorTlogConfig":{{{Selection(selector)}}},
         "tsaUrls":[{{{authorities ?? Service("time", by: "time")}}}],"tsaConfig":{{{Selection(times)}}}}
        """;

    private static string Selection(string selector) => selector.Split(' ') is [var exact, var count]
        ? $$"""{"selector":"{{exact}}","count":{{count}}}"""
        : $$"""{"selector":"{{selector}}"}""";

    private static string Log(string name, int version = 1, string start = "2026-01-01T00:00:00Z", string? end = null, string? by = null) =>
        Service(name, version, start, end, by ?? name);

    private static string Service(string name, int version = 1, string start = "2026-01-01T00:00:00Z", string? end = null, string by = "") =>
        $$$"""{"url":"https://{{{name}}}.example.com","majorApiVersion":{{{version}}},"validFor":{"start":"{{{start}}}"{{{(end is null ? "" : $",\"end\":\"{end}\"")}}}},"operator":"{{{by}}}"}""";
}
