// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies;

public sealed class PolicyExplainTests
{
    private const string Image = "registry.example.com/payments/api@sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Issuer = "iss=https://token.actions.githubusercontent.com";

    [Fact]
    public async Task Names_the_policy_that_applies_and_when_its_mode_ends()
    {
        var run = await Explain("observe-first", Image, "--requester-claims", Issuer, "repository_id=482193", "ref=refs/heads/main");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Contains("\n  ✓ release   ", run.Out, StringComparison.Ordinal);
        Assert.Contains("\n      mode: observe until 2027-04-01T00:00:00Z, enforce from then on\n      attestor: release\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_which_claim_differs_and_what_was_expected_and_found()
    {
        var run = await Explain("strict", Image, "--requester-claims", Issuer, "repository_id=482193", "ref=refs/heads/topic");

        Assert.Contains("  ✗ NOT_AUTHORISED: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("      requesters[0].claims.environment: expected production, found no such claim\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("      requesters[0].claims.ref: expected refs/heads/main, found refs/heads/topic\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("repository_id:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_the_issuer_or_the_image_is_another()
    {
        var run = await Explain("strict", Image.Replace("payments", "web", StringComparison.Ordinal), "--requester-claims", "iss=https://gitlab.example.com");

        Assert.Contains(
            "      subjects: registry.example.com/payments/** match other images than registry.example.com/web/api\n", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            "      requesters[0].issuer: expected https://token.actions.githubusercontent.com, found https://gitlab.example.com\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_rule_that_applies_and_why_the_others_lost()
    {
        var run = await Explain("strict", Image, "--cluster", "prod-eu", "--namespace", "payments");
        var other = await Explain("strict", Image, "--cluster", "test", "--namespace", "payments");

        Assert.Contains("  ✓ rule payments-production (namespace payments, cluster prod-eu), enforce", run.Out, StringComparison.Ordinal);
        Assert.Contains("  - rule default: its scope (everything) is less specific than that of payments-production", run.Out, StringComparison.Ordinal);
        Assert.Contains("  - rule payments-production: it is for cluster prod-eu, not test\n", other.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-03-31T23:59:59Z", "warn until 2027-04-01T00:00:00Z, enforce from then on", "mode: observe until 2027-04-01T00:00:00Z, enforce from then on")]
    [InlineData("2027-04-01T00:00:00Z", "enforce; leniency ended 2027-04-01T00:00:00Z", "mode: enforce; observing ended 2027-04-01T00:00:00Z")]
    public async Task Judges_windows_at_the_time_that_is_given(string time, string enforcement, string mode)
    {
        var run = await Explain("observe-first", Image, "--at", time);

        Assert.Contains(enforcement, run.Out, StringComparison.Ordinal);
        Assert.Contains(mode, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        var run = await Explain("strict", Image, "--requester-claims", Issuer, "--namespace", "payments", "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var signing = json.RootElement.GetProperty("signing");
        Assert.Equal("NOT_AUTHORISED", signing.GetProperty("reason").GetString());
        Assert.Equal(3, signing.GetProperty("policies")[0].GetProperty("objections").GetArrayLength());
        var admission = json.RootElement.GetProperty("admission")[0];
        Assert.Equal("default", admission.GetProperty("rule").GetString());
        Assert.Equal(1, admission.GetProperty("considered").GetArrayLength());
    }

    public static TheoryData<string, string[]> Wrong => new()
    {
        { "is not NAME=VALUE", ["--requester-claims", "ref"] },
        { "is given twice", ["--requester-claims", Issuer, "ref=a", "ref=b"] },
        { "say who vouches for them", ["--requester-claims", "ref=a"] },
        { "--at is a time with a zone", ["--at", "yesterday"] },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Wrong_arguments_end_with_2(string expected, string[] arguments)
    {
        var run = await Explain("strict", Image, arguments);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_policies_there_is_nothing_to_explain()
    {
        var run = await Invoked.RunAsync("policy", "explain", "--image", Image);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("name the policies with --policy", run.Error, StringComparison.Ordinal);
    }

    private static Task<Invoked> Explain(string set, string image, params string[] more) => Invoked.RunAsync(
        [], ["policy", "explain", "--policy", Path.Combine(SharedFiles.RepositoryRoot, "policies", "baseline", set), "--image", image, .. more],
        clock: new ManualClock(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));
}
