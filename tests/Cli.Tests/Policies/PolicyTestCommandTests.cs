// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Xml.Linq;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies;

public sealed class PolicyTestCommandTests : IDisposable
{
    private const string Digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    private static readonly string Shipped = Path.Combine(SharedFiles.RepositoryRoot, "policies");

    private readonly TempFolder _folder = new();

    public PolicyTestCommandTests()
    {
        Directory.CreateDirectory(_folder["policies"]);
        Directory.CreateDirectory(_folder["tests"]);
        foreach (var file in Directory.GetFiles(Path.Combine(Shipped, "baseline", "starter")))
            File.Copy(file, _folder[$"policies/{Path.GetFileName(file)}"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_shipped_fixtures_are_met()
    {
        var run = await Invoked.RunAsync("policy", "test", Path.Combine(Shipped, "tests"));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        Assert.Matches("\n8 fixtures: [0-9]+ cases as expected, 0 otherwise, 0 problems\n$", run.Out);
    }

    [Fact]
    public async Task An_answer_that_is_not_expected_comes_first_with_what_was_expected_and_found_and_ends_with_1()
    {
        Write("outcome: allowed");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.StartsWith("✗ starter  it runs without approval  ", run.Out, StringComparison.Ordinal);
        Assert.Contains("    outcome\n      expected  allowed\n      found     denied\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("found     FAIL APPROVAL_MISSING: ", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("1 fixture: 1 case as expected, 1 otherwise, 0 problems\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixture_that_cannot_be_read_ends_with_2_at_its_place()
    {
        Write("outcome: denied");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains($"{_folder["tests/starter.yaml"]}:14:15: error: spec.cases[0].expect: checks: name the check that fails", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_with_an_error_end_with_2()
    {
        Write("outcome: allowed");
        File.AppendAllText(_folder["policies/signing.yaml"], "surplus: 1\n");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("surplus: unknown field", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_fixture_is_no_pass()
    {
        var run = await Invoked.RunAsync("policy", "test", _folder["tests"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("no fixture was found", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_that_is_not_there_ends_with_2()
    {
        Write("outcome: allowed", "attestations: [{ type: https://example.com/t, predicate: gone.json, attestor: release }]\n      ");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains($"{_folder["tests/starter.yaml"]}:", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"starter\.yaml:[0-9]+:[0-9]+: error: there is no file [^ ]*tests/gone\.json\n", run.Out);
        Assert.EndsWith("1 fixture: 0 cases as expected, 0 otherwise, 1 problem\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_each_case_with_its_whole_decision()
    {
        Write("outcome: allowed");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"], "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var cases = json.RootElement[0].GetProperty("cases");
        Assert.Equal([false, true], cases.EnumerateArray().Select(result => result.GetProperty("met").GetBoolean()));
        Assert.Equal("APPROVAL_MISSING", cases[0].GetProperty("decision").GetProperty("checks")[0].GetProperty("reason").GetString());
        Assert.Equal("denied", cases[0].GetProperty("mismatches")[0].GetProperty("found").GetString());
    }

    [Fact]
    public async Task Junit_has_a_suite_for_each_fixture_and_a_failure_for_each_mismatch()
    {
        Write("outcome: allowed", name: "<it> runs & \"fails\"");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"], "--output", "junit");

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        var suite = XDocument.Parse(run.Out).Root!.Elements("testsuite").Single();
        Assert.Equal(("starter", "2", "1", "0"), (
            suite.Attribute("name")!.Value, suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value));
        var failed = suite.Elements("testcase").First();
        Assert.Equal("<it> runs & \"fails\"", failed.Attribute("name")!.Value);
        Assert.Contains("outcome: expected allowed, found denied", failed.Element("failure")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotations_stand_at_the_case()
    {
        Write("outcome: allowed");

        var run = await Invoked.RunAsync("policy", "test", _folder["tests"], "--output", "github");

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.StartsWith($"::error file={_folder["tests/starter.yaml"]},line=13,title=policy-test::it runs without approval%0Aoutcome: expected allowed, found denied%0A", run.Out, StringComparison.Ordinal);
        Assert.Single(run.Out.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Hostile_names_cannot_forge_lines()
    {
        Write("outcome: allowed", name: "\"::error::x\\e[2J%0A::warning::y\"", quoted: true);

        var refused = await Invoked.RunAsync("policy", "test", _folder["tests"], "--output", "github");

        Assert.DoesNotContain('\u001b', refused.Out);
        Assert.DoesNotContain("\n::", refused.Out, StringComparison.Ordinal);
    }

    private void Write(string expectation, string more = "", string name = "it runs without approval", bool quoted = false) =>
        File.WriteAllText(_folder["tests/starter.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: PolicyTest
            metadata: { name: starter }
            spec:
              policies: [../policies]
              given:
                image:
                  name: registry.example.com/payments/api@{{Digest}}
                workload: { namespace: shop }
                time: 2026-11-22T10:00:00Z
                approvals: none
              cases:
                - name: {{(quoted ? name : "'" + name + "'")}}
                  {{more}}expect: { {{expectation}} }
                - name: it does not run
                  expect: { outcome: denied, checks: { approval release: FAIL APPROVAL_MISSING } }

            """);
}
