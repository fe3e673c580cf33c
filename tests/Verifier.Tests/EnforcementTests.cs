// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Tests;

/// <summary>Threat 67: a rule that only warns says what it would deny, and stops warning by itself.</summary>
public sealed class EnforcementTests : IDisposable
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("warn", EnforcementMode.Warn)]
    [InlineData("dryRun", EnforcementMode.DryRun)]
    public async Task A_no_that_is_not_enforced_is_a_warning_of_at_most_120_characters(string mode, EnforcementMode expected)
    {
        _gate.Use("", $"enforcement: {mode}, until: 2026-11-23, {TestPolicies.SignedByRelease}");
        var answer = await _gate.ReviewAsync(Gate.GoodImage, Gate.BadImage);
        Assert.True(answer.IsAllowed);
        Assert.Empty(answer.Message);
        Assert.Equal((Outcome.Denied, expected), (answer.Images[1].Verdict.Decision.Outcome, answer.Images[1].Verdict.Decision.Mode));
        var warning = Assert.Single(answer.Warnings);
        Assert.InRange(warning.Length, 1, 120);
        Assert.StartsWith("would be denied (SIGNATURE_MISSING): registry.example.com/team/api@sha256:", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_day_it_ends_the_rule_is_enforced_also_for_what_was_asked_before()
    {
        _gate.Use("", "enforcement: warn, until: 2026-11-22T12:00:00Z, " + TestPolicies.SignedByRelease);
        _gate.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.True((await _gate.ReviewAsync(Gate.BadImage)).IsAllowed);
        Assert.Equal(EnforcementMode.Warn, (await _gate.AskAsync(Gate.GoodImage)).Decision.Mode);
        _gate.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await _gate.ReviewAsync(Gate.BadImage)).IsAllowed);
        Assert.Equal(EnforcementMode.Enforce, (await _gate.AskAsync(Gate.GoodImage)).Decision.Mode);
    }

    [Fact]
    public async Task A_tag_and_an_error_become_warnings_under_such_a_rule_too()
    {
        _gate.Use("", "enforcement: warn, until: 2026-11-23, " + TestPolicies.SignedByRelease);
        _gate.Evidence.Answer(Gate.Bad, (_, _, _) => throw new IOException("broken"));
        var answer = await _gate.ReviewAsync(Gate.BadImage, "registry.example.com/team/api:1");
        Assert.True(answer.IsAllowed);
        Assert.Equal(2, answer.Warnings.Count);
        Assert.Contains("VERIFY_ERROR", answer.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("TAG_NOT_PINNED", answer.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_are_few_even_for_many_images()
    {
        _gate.Use("", "enforcement: warn, until: 2026-11-23, " + TestPolicies.SignedByRelease);
        var answer = await _gate.ReviewAsync([.. Enumerable.Range(0, 50).Select(i => $"registry.example.com/team/api:{i}")]);
        Assert.Equal(20, answer.Warnings.Count);
        Assert.StartsWith("more images would be denied", answer.Warnings[^1], StringComparison.Ordinal);
        Assert.All(answer.Warnings, warning => Assert.InRange(warning.Length, 1, 120));
    }

    public void Dispose() => _gate.Dispose();
}
