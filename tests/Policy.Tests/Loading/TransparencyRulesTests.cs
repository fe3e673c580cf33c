// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Tests.Loading;

/// <summary>What a policy asks of logs and timestamp authorities that can never be had is refused before anything is signed.</summary>
public sealed class TransparencyRulesTests
{
    private const string Both = """{ "trustRoot": "private", "log": "required", "timestamp": "required" }""";
    private const string LogAlone = """{ "trustRoot": "private", "log": "required" }""";

    [Fact]
    public void Is_asked_for_by_name()
    {
        var rules = Load(Both).Set!.SigningPolicies[0].Transparency!;

        Assert.Equal(("private", true, true), (rules.TrustRoot, rules.IsLogged, rules.IsTimestamped));
        Assert.Null(PolicyText.LoadSigning().SigningPolicies[0].Transparency);
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { """{ "log": "required" }""", "spec.transparency: trustRoot is required" },
        { """{ "trustRoot": "private" }""", "spec.transparency: asks for nothing; expected log: required, timestamp: required or both" },
        { """{ "trustRoot": "private", "log": "none", "timestamp": "none" }""", "spec.transparency: asks for nothing" },
        { """{ "trustRoot": "private", "log": "optional" }""", "spec.transparency.log: 'optional' is not accepted; expected one of none, required" },
        { """{ "trustRoot": "private", "timestamp": true }""", "spec.transparency.timestamp: " },
        { """{ "trustRoot": "private", "logs": "required" }""", "spec.transparency.logs: unknown field; did you mean log?" },
        { "[]", "spec.transparency: expected a mapping, found a list" },
        { """{ "trustRoot": "privat", "log": "required" }""", "spec.transparency.trustRoot: there is no TrustRoot privat; did you mean private?" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong_with_it(string transparency, string expected) => Refused(Load(transparency), expected);

    public static TheoryData<string, string?, string, string> Roots => new()
    {
        { Both, null, "", "spec.transparency.trustRoot: private does not say which services to use; give it a signingConfig" },
        { Both, "rekorTlogUrls", "", "spec.transparency.log: private lists no log to use" },
        { Both, "tsaUrls", "", "spec.transparency.timestamp: private lists no timestamp authority to use" },
        { Both, "", "tlogs", "spec.transparency.log: private trusts no log" },
        { Both, "", "timestampAuthorities", "spec.transparency.timestamp: private trusts no timestamp authority" },
    };

    [Theory, MemberData(nameof(Roots))]
    public void The_trust_root_names_and_trusts_somebody_to_ask(string transparency, string? without, string withoutTrusted, string expected)
    {
        var document = JsonNode.Parse(Keyless.TrustRoot)!;
        if (without is null)
            document["spec"]!.AsObject().Remove("signingConfig");
        else
            document["spec"]!["signingConfig"] = Without(document["spec"]!["signingConfig"]!, without);
        document["spec"]!["trustedRoot"] = Without(document["spec"]!["trustedRoot"]!, withoutTrusted);

        Refused(Load(transparency, trustRoot: document.ToJsonString()), expected);
    }

    [Fact]
    public void A_signing_configuration_that_cannot_be_read_spoils_the_trust_root()
    {
        var document = JsonNode.Parse(Keyless.TrustRoot)!;
        document["spec"]!["signingConfig"] = "{}";

        Refused(Load(Both, trustRoot: document.ToJsonString()), "spec.signingConfig: the signing configuration has no mediaType");
    }

    public static TheoryData<string, int, string, string, string?> Keys => new()
    {
        { "P-256", 1, Both, "", null },
        { "P-256", 1, LogAlone, "", null },
        { "P-256", 2, Both, "bundle", null },
        { "P-256", 2, Both, "", "spec.transparency.log: no log of private records what the key signs in the tag layout: the tag layout holds entries of logs of version 1 alone; produce.layouts: [bundle] leaves it out" },
        { "P-256", 2, LogAlone, "bundle", "spec.transparency.log: no log of private records what the key signs: logs of version 2 tell no time; ask for timestamp: required too" },
        { "P-256", 3, Both, "bundle", "spec.transparency.log: no log of private records what the key signs: logs of version 3 do not record envelopes signed with ecdsa-p256-sha256" },
        { "P-384", 1, Both, "bundle", "spec.transparency.log: no log of private records what the key signs: logs of version 1 do not record envelopes signed with ecdsa-p384-sha384" },
        { "P-384", 2, Both, "bundle", null },
        { "P-384", 1, """{ "trustRoot": "private", "timestamp": "required" }""", "", null },
    };

    [Theory, MemberData(nameof(Keys))]
    public void The_key_is_one_that_a_log_takes(string curve, int logVersion, string transparency, string layouts, string? expected)
    {
        var key = TestKey.New(ECCurve.CreateFromFriendlyName(curve == "P-384" ? "nistP384" : "nistP256"));
        var root = JsonNode.Parse(Keyless.TrustRoot)!;
        root["spec"]!["signingConfig"] = Keyless.SigningConfigText(logVersion);
        var loaded = Load(transparency, PolicyText.Attestor("release", "approval", key, "key: file:keys/release"), root.ToJsonString(), layouts);

        if (expected is null)
            Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        else
            Refused(loaded, expected);
    }

    [Fact]
    public void So_it_is_for_a_key_that_its_service_tells()
    {
        var loaded = Load(Both, """
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec: { purpose: approval, members: [{ key: file:keys/release }] }
            """);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var keys = new Dictionary<string, PublicKey>(StringComparer.Ordinal);

        keys["file:keys/release"] = TestKey.New(ECCurve.NamedCurves.nistP384).Public;
        Refused(loaded.Set.WithResolvedKeys(keys), "logs of version 1 do not record envelopes signed with ecdsa-p384-sha384");

        keys["file:keys/release"] = TestKey.Approval.Public;
        Assert.True(loaded.Set.WithResolvedKeys(keys).IsUsable);
    }

    [Fact]
    public void Lint_warns_when_nobody_who_is_listed_is_in_use()
    {
        var set = Load(Both).Set!;
        var before = new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero);

        Assert.DoesNotContain(set.Lint(Evidence.Now), problem => problem.Message.Contains("transparency", StringComparison.Ordinal));
        var warnings = set.Lint(before).Where(problem => problem.Message.StartsWith("spec.transparency", StringComparison.Ordinal)).ToList();
        Assert.All(warnings, problem => Assert.Equal(ProblemSeverity.Warning, problem.Severity));
        Assert.Equal(
            [
                "spec.transparency.log: nothing can be signed now: the signing configuration asks for 1 logs of distinct operators; of the 1 it lists, 0 have version 1 or 2 and are in use at 2025-12-31T00:00:00Z",
                "spec.transparency.timestamp: nothing can be signed now: the signing configuration asks for 1 timestamp authorities of distinct operators; of the 1 it lists, 0 have version 1 and are in use at 2025-12-31T00:00:00Z",
            ],
            warnings.Select(problem => problem.Message).Order(StringComparer.Ordinal));
    }

    private static string Without(JsonNode text, string member)
    {
        var document = JsonNode.Parse(text.GetValue<string>())!.AsObject();
        document.Remove(member);
        return document.ToJsonString();
    }

    private static PolicyLoadResult Load(string transparency, string? attestor = null, string? trustRoot = null, string layouts = "")
    {
        (string, JsonNode?)[] produce = layouts.Length == 0 ? [] : [("spec.produce", JsonNode.Parse($$"""{ "layouts": ["{{layouts}}"] }"""))];
        return PolicyText.TryLoad(
            PolicyText.Edit(PolicyText.Signing, [("spec.transparency", JsonNode.Parse(transparency)), .. produce]),
            attestor ?? PolicyText.ApprovalAttestor, trustRoot ?? Keyless.TrustRoot);
    }

    private static void Refused(PolicyLoadResult loaded, string expected)
    {
        Assert.False(loaded.IsUsable, expected);
        Assert.Contains(loaded.Problems, problem => problem.Severity == ProblemSeverity.Error && problem.Message.Contains(expected, StringComparison.Ordinal));
    }
}
