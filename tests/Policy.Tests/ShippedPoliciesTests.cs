// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Tests.Fields;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>The policies that are shipped load without a warning, allow what they should and refuse what they should.</summary>
public sealed class ShippedPoliciesTests
{
    private static readonly string Folder = Path.Combine(SharedFiles.RepositoryRoot, "policies");

    public static TheoryData<string> Sets => [.. Directory.GetDirectories(Path.Combine(Folder, "baseline")).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Sets))]
    public void Load_and_lint_clean(string name) => Assert.DoesNotContain(
        Load(name).Lint(Now), warning => !warning.Message.Contains("exempts the whole registry", StringComparison.Ordinal));

    [Theory, MemberData(nameof(Sets))]
    public void Say_only_what_the_schemas_know(string name)
    {
        foreach (var file in Files(name))
        {
            var document = PolicyText.ToJson(File.ReadAllText(file));
            var kind = document["kind"]!.GetValue<string>();
            Assert.StartsWith(
                $"# yaml-language-server: $schema=../../schema/{SchemaFields.Kinds[kind]}.schema.json\n", File.ReadAllText(file), StringComparison.Ordinal);
            var known = SchemaFields.Of(kind);
            Assert.All(Paths(document, ""), path => Assert.True(
                known.Contains(path) || path.StartsWith("spec.requesters[].claims.", StringComparison.Ordinal) || path.Contains("require.", StringComparison.Ordinal),
                $"{file}: {path}"));
        }
    }

    [Fact]
    public void Starter_signs_what_is_clean_and_refuses_what_is_not()
    {
        var set = Load("starter");

        Assert.Equal(Outcome.Approved, Evaluate(set, Set(Scan(Finding("CVE-2026-1", Severity.Low), Finding("CVE-2026-2", Severity.High, fixedVersion: null)))).Outcome());
        Assert.Equal(
            ["no-serious-vulnerabilities: FINDING_OVER_LIMIT"], Evaluate(set, Set(Scan(Finding("CVE-2026-1", Severity.Medium)))).Refusals(), StringComparer.Ordinal);
        Assert.Equal(
            ["freshness: REPORT_STALE"], Evaluate(set, Set(Scan().With(report => report with { Time = Now.AddDays(-2) }))).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Starter_admits_what_is_approved_and_nothing_else()
    {
        var set = Load("starter");

        Assert.Equal(Outcome.Allowed, Admit(set, Set() with { Statements = [Approval()] }).Outcome(DecisionKind.Admission));
        Assert.Equal(["approval release: APPROVAL_MISSING"], Admit(set, Set() with { Signatures = [Signature(TestKey.Approval)] }).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Strict_signs_what_two_attested_reports_show_to_be_clean_and_refuses_all_else()
    {
        var set = Load("strict");
        var trivy = Scan("trivy", "0.58.1").SignedBy(TestKey.Scanner);
        var grype = Scan("grype", "0.80.0").SignedBy(TestKey.Scanner).With(report => report with { DatabaseTime = Now.AddHours(-20) });

        Assert.Equal(Outcome.Approved, Evaluate(set, Set(trivy, grype)).Outcome());
        Assert.Equal(["reports: EVIDENCE_MISSING"], Evaluate(set, Set(trivy)).Refusals(), StringComparer.Ordinal);
        Assert.Contains("reports: REPORT_UNVOUCHED", Evaluate(set, Set(Scan(), grype)).Refusals(), StringComparer.Ordinal);
        Assert.Equal(
            ["nothing-to-fix: CVE_BLOCKED"],
            Evaluate(set, Set(trivy, grype.With(report => report with { Findings = [Finding("CVE-2024-3094", Severity.Low, fixedVersion: null)] }))).Refusals(),
            StringComparer.Ordinal);
        Assert.Equal(
            ["nothing-to-fix: FINDING_OVER_LIMIT"],
            Evaluate(set, Set(trivy.With(report => report with { Findings = [Finding("CVE-2026-1", Severity.Negligible)] }), grype)).Refusals(), StringComparer.Ordinal);
    }

    [Fact]
    public void Strict_admits_to_production_what_two_people_signed_beside_the_approval()
    {
        var set = Load("strict");
        var approved = Set() with { Statements = [Approval()] };

        Assert.Equal(
            Outcome.Allowed, Admit(set, approved with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Qa)] }).Outcome(DecisionKind.Admission));
        Assert.Equal(
            Outcome.Allowed, Admit(set, approved with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Approval)] }).Outcome(DecisionKind.Admission));
        Assert.Contains(
            "at least 2 of 3: THRESHOLD_NOT_MET", Admit(set, approved with { Signatures = [Signature(TestKey.Security)] }).Refusals(), StringComparer.Ordinal);
        Assert.Contains(
            "approval release: APPROVAL_MISSING",
            Admit(set, Set() with { Signatures = [Signature(TestKey.Security), Signature(TestKey.Qa)] }).Refusals(), StringComparer.Ordinal);
    }

    private static PolicySet Load(string name)
    {
        var loaded = PolicyLoader.Load([.. Files(name).Select(file => new PolicyFile(Path.GetFileName(file), File.ReadAllBytes(file)))]);
        Assert.True(loaded.IsUsable, string.Join("\n", loaded.Problems));
        var resolved = loaded.Set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal)
        {
            ["file:keys/release"] = TestKey.Approval.Public,
            ["file:keys/security"] = TestKey.Security.Public,
            ["file:keys/qa"] = TestKey.Qa.Public,
            ["file:keys/scanner"] = TestKey.Scanner.Public,
            ["file:keys/ci"] = TestKey.Stranger.Public,
        });
        Assert.True(resolved.IsUsable, string.Join("\n", resolved.Problems));
        return resolved.Set;
    }

    private static IEnumerable<string> Files(string name) => Directory.GetFiles(Path.Combine(Folder, "baseline", name), "*.yaml").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}"))
            .Concat(members.Select(member => path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
        JsonArray items => items.SelectMany(item => Paths(item, path + "[]")),
        _ => [],
    };
}
