// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Tests.Admission;

/// <summary>Which rule applies, and what is decided before any evidence.</summary>
public sealed class SelectionTests
{
    private static readonly string[] Scopes = ["serviceAccount", "namespace", "cluster", "node"];

    private static readonly WorkloadContext Everything = new("c", "n", "s", "x");

    /// <summary>All scopes there can be, most specific first: service account, namespace, cluster, node, in that order of weight.</summary>
    private static readonly string[] Order =
    [
        "serviceAccount namespace cluster node", "serviceAccount namespace cluster", "serviceAccount namespace node", "serviceAccount namespace",
        "namespace cluster node", "namespace cluster", "namespace node", "namespace", "cluster node", "cluster", "node",
    ];

    [Fact]
    public void The_most_specific_scope_wins_in_one_fixed_order()
    {
        for (var first = 0; first < Order.Length; first++)
        {
            for (var second = first + 1; second < Order.Length; second++)
            {
                Assert.Equal(Order[first], Select([Order[first], Order[second]], Everything).Rule!.Name.Replace('-', ' ').Replace("account", "Account", StringComparison.Ordinal));
                Assert.Equal(Order[first], Select([Order[second], Order[first]], Everything).Rule!.Name.Replace('-', ' ').Replace("account", "Account", StringComparison.Ordinal));
            }
        }
    }

    public static TheoryData<string, WorkloadContext, string?> Workloads => new()
    {
        { "all names right", new WorkloadContext("c", "n", "s", "x"), "serviceaccount-namespace" },
        { "the service account in another namespace", new WorkloadContext("c", "other", "s", "x"), "cluster" },
        { "another service account", new WorkloadContext("c", "n", "other", "x"), "cluster" },
        { "another cluster", new WorkloadContext("other", "other", "s", "x"), null },
        { "no cluster known", new WorkloadContext(null, null, null, null), null },
        { "a cluster in other letters", new WorkloadContext("C", null, null, null), null },
    };

    [Theory, MemberData(nameof(Workloads))]
    public void A_rule_needs_every_name_of_its_scope(string because, WorkloadContext workload, string? rule) =>
        Assert.True(rule == Select(["serviceAccount namespace", "cluster"], workload).Rule?.Name, because);

    [Fact]
    public void Every_rule_that_lost_says_why()
    {
        var policy = PolicyText.Load(
            PolicyText.Edit(
                PolicyText.Admission,
                ("spec.rules[+]", JsonNode.Parse("""{ "name": "cluster", "scope": { "cluster": "prod-eu" }, "require": { "signature": { "attestor": "qa" } } }""")),
                ("spec.rules[+]", JsonNode.Parse("""{ "name": "tools", "scope": { "namespace": "tools" }, "require": { "signature": { "attestor": "qa" } } }"""))),
            PolicyText.ApprovalAttestor, PolicyText.SecurityAttestor, PolicyText.QaAttestor).AdmissionPolicies[0];

        var selection = policy.Select(new WorkloadContext("prod-eu", "payments", "api", null));

        Assert.Equal("payments", selection.Rule!.Name);
        Assert.Equal(
            [
                "rule cluster: its scope (cluster prod-eu) is less specific than that of payments (namespace payments, cluster prod-eu)",
                "rule tools: it is for namespace tools, not payments",
                "rule default: its scope (everything) is less specific than that of payments (namespace payments, cluster prod-eu)",
            ],
            selection.Considered, StringComparer.Ordinal);
    }

    [Fact]
    public void The_default_rule_applies_to_what_no_other_covers()
    {
        var policy = PolicyText.LoadAdmission().AdmissionPolicies[0];

        Assert.Equal("default", policy.Select(new WorkloadContext("prod-eu", "other", null, null)).Rule!.Name);
        Assert.Equal(["rule payments: it is for namespace payments, not other"], policy.Select(new WorkloadContext("prod-eu", "other", null, null)).Considered, StringComparer.Ordinal);
    }

    private static readonly WorkloadContext Payments = new("prod-eu", "payments", "api", null);

    private static readonly string Pinned = "@" + Evidence.DigestOf("x");

    public static TheoryData<string, string, string?, string?> Preflights => new()
    {
        { "a pinned image that a rule covers", "registry.example.com/payments/api" + Pinned, null, null },
        { "a pinned image with a tag beside", "registry.example.com/payments/api:1.0" + Pinned, null, null },
        { "an image by tag", "registry.example.com/payments/api:1.0", "FAIL", "TAG_NOT_PINNED" },
        { "an image by neither", "registry.example.com/payments/api", "FAIL", "TAG_NOT_PINNED" },
        { "an image of another registry", "evil.example.com/payments/api" + Pinned, "FAIL", "REGISTRY_NOT_ALLOWED" },
        { "an image of docker.io", "nginx" + Pinned, "FAIL", "REGISTRY_NOT_ALLOWED" },
        { "an exempt image by tag", "registry.k8s.io/pause:3.9", "PASS", null },
        { "a registry with the exempt one as prefix", "registry.k8s.io.evil.org/pause:3.9", "FAIL", "REGISTRY_NOT_ALLOWED" },
    };

    [Theory, MemberData(nameof(Preflights))]
    public void An_image_is_judged_by_its_name_first(string because, string image, string? verdict, string? code)
    {
        var preflight = AdmissionPreflight.Judge(PolicyText.LoadAdmission().AdmissionPolicies[0], ImageReference.Parse(image), Payments);

        Assert.True(verdict == preflight.Decided?.Verdict.ToString().ToUpperInvariant(), because);
        Assert.Equal(code, preflight.Decided?.Reason?.Name);
        Assert.Equal(verdict is null || code == "TAG_NOT_PINNED", preflight.Rule is not null);
    }

    [Fact]
    public void An_exempt_image_says_by_what_and_why()
    {
        var preflight = AdmissionPreflight.Judge(PolicyText.LoadAdmission().AdmissionPolicies[0], ImageReference.Parse("registry.k8s.io/pause"), Payments);

        Assert.Equal("exempt by registry.k8s.io/**: control plane", preflight.Decided!.Message);
    }

    [Fact]
    public void Without_a_rule_or_a_default_an_image_is_denied() // threat 56
    {
        var policy = PolicyText.LoadAdmission(("spec.default", null)).AdmissionPolicies[0];
        var image = ImageReference.Parse("registry.example.com/payments/api" + Pinned);

        var preflight = AdmissionPreflight.Judge(policy, image, new WorkloadContext("prod-us", "payments", null, null));

        Assert.Equal((Verdict.Fail, ReasonCode.NoPolicy), (preflight.Decided!.Verdict, preflight.Decided.Reason));
        Assert.Equal(policy.Rules[0].Scope.ToString(), preflight.Decided.Expected);
        Assert.Equal("namespace payments, cluster prod-us", preflight.Decided.Actual);
        Assert.Null(preflight.Rule);
        Assert.Equal(["rule payments: it is for cluster prod-eu, not prod-us"], preflight.Considered, StringComparer.Ordinal);
    }

    private static RuleSelection Select(string[] scopes, WorkloadContext workload)
    {
        var rules = new JsonArray([.. scopes.Select(scope => (JsonNode)new JsonObject
        {
            ["name"] = scope.Replace(' ', '-').ToLowerInvariant(),
            ["scope"] = new JsonObject(scope.Split(' ').Select(name => KeyValuePair.Create(name, (JsonNode?)Value(name)))),
            ["require"] = JsonNode.Parse("""{ "signature": { "attestor": "qa" } }"""),
        })]);
        var set = PolicyText.LoadAdmission(("spec.rules", rules), ("spec.default", null));
        return set.AdmissionPolicies[0].Select(workload);
    }

    private static string Value(string scope) => Array.IndexOf(Scopes, scope) switch { 0 => "s", 1 => "n", 2 => "c", _ => "x" };
}
