// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Admission;

/// <summary>Requirements against what the same words mean to a logician, whoever signed and in whatever order they are written.</summary>
public sealed class TruthTableTests
{
    private static readonly string[] Attestors = ["security", "qa", "release"];

    /// <summary>A requirement: <c>*</c> for all, <c>+</c> for any, a number for at least that many, then the parts.</summary>
    public static TheoryData<string> Requirements =>
    [
        "s", "* s q", "* s q r", "+ s q", "+ s q r", "1 s q", "2 s q", "1 s q r", "2 s q r", "3 s q r",
        "* s (+ q r)", "+ s (* q r)", "* (+ s q) (+ q r)", "+ (* s q) (* q r)", "* s (1 q r)", "+ r (2 s q)", "* (+ s q) r", "+ (+ s q) r",
    ];

    [Theory, MemberData(nameof(Requirements))]
    public void A_requirement_holds_exactly_when_its_words_say_so(string text)
    {
        var node = Parse(text);
        foreach (var order in node.Orders())
        {
            var set = PolicyText.LoadAdmission(("spec.rules[0].require", order.Json()));
            for (var signers = 0; signers < 1 << Attestors.Length; signers++)
            {
                var evaluation = Admit(set, Set() with { Signatures = [.. Attestors.Where((_, i) => (signers >> i & 1) == 1).Select(name => Signature(KeyOf(name)))] });

                var expected = node.Holds(name => (signers >> Array.IndexOf(Attestors, name) & 1) == 1);
                Assert.True(expected == (evaluation.Outcome(DecisionKind.Admission) == Outcome.Allowed), $"{order.Json()} by {signers}: {string.Join(", ", evaluation.Refusals())}");
                Assert.True(expected == (evaluation.Refusals().Length == 0), $"{order.Json()} by {signers}");
                if (!expected)
                    Assert.Equal(node.Reason(signers), evaluation.Checks.Last(check => check.Verdict == Verdict.Fail).Reason);
            }
        }
    }

    [Fact]
    public void The_order_of_rules_makes_no_difference_to_which_one_applies()
    {
        string[] rules =
        [
            """{ "name": "account", "scope": { "namespace": "n", "serviceAccount": "s" }, "require": { "signature": { "attestor": "qa" } } }""",
            """{ "name": "namespace", "scope": { "namespace": "n" }, "require": { "signature": { "attestor": "security" } } }""",
            """{ "name": "cluster", "scope": { "cluster": "c" }, "require": { "signature": { "attestor": "release" } } }""",
            """{ "name": "node", "scope": { "node": "x" }, "require": { "signature": { "attestor": "qa" } } }""",
        ];
        string?[][] workloads = [.. Enumerable.Range(0, 16).Select(known => new[] { "c", "n", "s", "x" }.Select((name, i) => (known >> i & 1) == 1 ? name : null).ToArray())];
        string? Applies(AdmissionPolicy policy, string?[] names) => policy.Select(new WorkloadContext(names[0], names[1], names[2], names[3])).Rule?.Name;

        var policies = Permute(rules).Select(order => PolicyText.LoadAdmission(
            ("spec.rules", new JsonArray([.. order.Select(rule => JsonNode.Parse(rule))])), ("spec.default", null)).AdmissionPolicies[0]).ToList();

        Assert.Equal(24, policies.Count);
        foreach (var names in workloads)
            Assert.Single(policies.Select(policy => Applies(policy, names)).Distinct(StringComparer.Ordinal));
        Assert.Equal(5, workloads.Select(names => Applies(policies[0], names)).Distinct(StringComparer.Ordinal).Count());
    }

    private static TestKey KeyOf(string attestor) => attestor switch { "security" => TestKey.Security, "qa" => TestKey.Qa, _ => TestKey.Approval };

    private static Node Parse(string text)
    {
        var tokens = new Queue<string>(text.Replace("(", "( ", StringComparison.Ordinal).Replace(")", " )", StringComparison.Ordinal).Split(' '));
        return Read(tokens);
    }

    private static Node Read(Queue<string> tokens)
    {
        var word = tokens.Dequeue();
        if (word is "s" or "q" or "r")
            return new Node(word, []);

        var parts = new List<Node>();
        while (tokens.TryPeek(out var next) && next is not ")")
        {
            if (next is "(")
                tokens.Dequeue();
            parts.Add(Read(tokens));
            if (next is "(")
                tokens.Dequeue();
        }

        return new Node(word, parts);
    }

    private static IEnumerable<IReadOnlyList<T>> Permute<T>(IReadOnlyList<T> items) => items.Count < 2
        ? [items]
        : items.SelectMany((item, i) => Permute<T>([.. items.Take(i), .. items.Skip(i + 1)]).Select(rest => (IReadOnlyList<T>)[item, .. rest]));

    private sealed record Node(string Word, IReadOnlyList<Node> Parts)
    {
        public bool Holds(Func<string, bool> signed) => Word switch
        {
            "*" => Parts.All(part => part.Holds(signed)),
            "+" => Parts.Any(part => part.Holds(signed)),
            "s" or "q" or "r" => signed(Name),
            _ => Parts.Count(part => part.Holds(signed)) >= Count,
        };

        public ReasonCode Reason(int signers) => Word switch
        {
            "*" or "+" => ReasonCode.RuleNotMet,
            "s" or "q" or "r" => signers == 0 ? ReasonCode.SignatureMissing : ReasonCode.KeyNotTrusted,
            _ => ReasonCode.ThresholdNotMet,
        };

        public JsonNode Json() => Word switch
        {
            "*" => new JsonObject { ["all"] = new JsonArray([.. Parts.Select(part => part.Json())]) },
            "+" => new JsonObject { ["any"] = new JsonArray([.. Parts.Select(part => part.Json())]) },
            "s" or "q" or "r" => new JsonObject { ["signature"] = new JsonObject { ["attestor"] = Name } },
            _ => new JsonObject { ["atLeast"] = new JsonObject { ["count"] = Count, ["of"] = new JsonArray([.. Parts.Select(part => part.Json())]) } },
        };

        /// <summary>The requirement with its parts in each order; parts of parts stay as they are.</summary>
        public IEnumerable<Node> Orders() => Permute(Parts).Select(parts => this with { Parts = parts });

        private string Name => Attestors["sqr".IndexOf(Word, StringComparison.Ordinal)];

        private int Count => int.Parse(Word, System.Globalization.CultureInfo.InvariantCulture);
    }
}
