// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Tests;

/// <summary>Threats 69 and 70: what is reused, for whom and for how long.</summary>
public sealed class ReuseTests : IDisposable
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_yes_is_reused_with_its_id_and_time_and_nothing_is_gathered()
    {
        var first = await _gate.AskAsync(Gate.GoodImage);
        _gate.Clock.Advance(TimeSpan.FromMinutes(4));
        var second = await _gate.AskAsync(Gate.GoodImage);
        Assert.Same(first, second);
        Assert.Equal(1, _gate.Evidence.Asked);
    }

    [Theory]
    [InlineData(299, 1)]
    [InlineData(300, 2)]
    public async Task A_yes_is_reused_for_five_minutes_and_not_a_second_longer(int seconds, int asked)
    {
        await _gate.AskAsync(Gate.GoodImage);
        _gate.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await _gate.AskAsync(Gate.GoodImage);
        Assert.Equal(asked, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_shorter_reuse_can_be_configured_and_none_at_all()
    {
        using var brief = new Gate(options: new VerifierOptions { Reuse = TimeSpan.FromSeconds(10) });
        await brief.AskAsync(Gate.GoodImage);
        brief.Clock.Advance(TimeSpan.FromSeconds(10));
        await brief.AskAsync(Gate.GoodImage);
        Assert.Equal(2, brief.Evidence.Asked);

        using var never = new Gate(options: new VerifierOptions { Reuse = TimeSpan.Zero });
        await never.AskAsync(Gate.GoodImage);
        await never.AskAsync(Gate.GoodImage);
        Assert.Equal(2, never.Evidence.Asked);
    }

    [Theory]
    [InlineData(59, true, 1)]
    [InlineData(60, false, 2)]
    public async Task A_yes_is_not_reused_beyond_the_approval_it_rests_on(int seconds, bool allowed, int asked)
    {
        var end = _gate.Clock.GetUtcNow().AddMinutes(1);
        _gate.Use("", "require: { approval: { attestor: release } }");
        _gate.Evidence.Answer(Gate.Good, (repository, image) => ScriptedEvidence.Set(repository, image) with
        {
            Statements = [_gate.Release.Approve(repository, image, "release", _gate.Clock.GetUtcNow().AddHours(-1), end)],
        });
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
        _gate.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(allowed, (await _gate.AskAsync(Gate.GoodImage)).Decision.IsPositive);
        Assert.Equal(asked, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_yes_is_not_reused_beyond_the_window_of_the_key()
    {
        _gate.Use("", attestorMore: "validUntil: 2026-11-22T10:02:00Z");
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
        _gate.Clock.Advance(TimeSpan.FromMinutes(2));
        var late = (await _gate.AskAsync(Gate.GoodImage)).Decision;
        Assert.Equal((Outcome.Denied, "KEY_NOT_VALID_AT_TIME"), (late.Outcome, late.Checks[0].Reason?.Name));
    }

    [Fact]
    public async Task The_same_digest_in_another_repository_is_another_question()
    {
        await _gate.AskAsync(Gate.GoodImage);
        _gate.Evidence.Bare(Gate.Good);
        var probe = await _gate.AskAsync($"registry.example.com/attacker/api@{Gate.Good}");
        Assert.Equal((Outcome.Denied, "SIGNATURE_MISSING"), (probe.Decision.Outcome, probe.Decision.Checks[0].Reason?.Name));
        Assert.Equal(2, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task The_same_image_under_another_rule_is_another_question()
    {
        _gate.Use("    - { name: strict, scope: { namespace: strict }, require: { approval: { attestor: release } } }");
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
        var strict = (await _gate.AskAsync(Gate.GoodImage, "strict")).Decision;
        Assert.Equal((Outcome.Denied, "strict", "APPROVAL_MISSING"), (strict.Outcome, strict.Policy!.Rule, strict.Checks[0].Reason?.Name));
    }

    [Fact]
    public async Task A_new_policy_revokes_what_was_decided_under_the_old_one()
    {
        await _gate.AskAsync(Gate.GoodImage);
        using var successor = new TestSigner();
        Assert.True(_gate.Verifier.TryUse(
            TestPolicies.Load(TestPolicies.Attestor(successor), TestPolicies.Admission("")), out _));
        var again = (await _gate.AskAsync(Gate.GoodImage)).Decision;
        Assert.Equal((Outcome.Denied, "KEY_NOT_TRUSTED"), (again.Outcome, again.Checks[0].Reason?.Name));
    }

    [Fact]
    public async Task The_same_set_again_keeps_what_is_known()
    {
        var set = TestPolicies.Load(TestPolicies.Attestor(_gate.Release), TestPolicies.Admission(""));
        Assert.True(_gate.Verifier.TryUse(set, out _));
        await _gate.AskAsync(Gate.GoodImage);
        Assert.True(_gate.Verifier.TryUse(set, out _));
        await _gate.AskAsync(Gate.GoodImage);
        Assert.Equal(1, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_question_under_way_does_not_leave_its_answer_to_a_newer_policy()
    {
        var arrive = new TaskCompletionSource();
        _gate.Evidence.Answer(Gate.Good, async (repository, image, _) =>
        {
            await arrive.Task;
            return ScriptedEvidence.Set(repository, image) with { Signatures = [_gate.Release.Sign(repository, image)] };
        });
        var old = _gate.AskAsync(Gate.GoodImage);
        using var successor = new TestSigner();
        Assert.True(_gate.Verifier.TryUse(
            TestPolicies.Load(TestPolicies.Attestor(successor), TestPolicies.Admission("")), out _));
        var @new = _gate.AskAsync(Gate.GoodImage);
        arrive.SetResult();
        Assert.Equal(Outcome.Allowed, (await old).Decision.Outcome);
        Assert.Equal(Outcome.Denied, (await @new).Decision.Outcome);
        Assert.Equal(Outcome.Denied, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
    }

    [Fact]
    public async Task A_denial_is_not_reused_so_that_an_approval_counts_at_once()
    {
        Assert.Equal(Outcome.Denied, (await _gate.AskAsync(Gate.BadImage)).Decision.Outcome);
        _gate.Evidence.Signed(Gate.Bad, _gate.Release);
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.BadImage)).Decision.Outcome);
    }

    [Fact]
    public async Task An_error_is_never_reused()
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => throw new RegistryException(ReasonCode.RegistryUnavailable, "down"));
        Assert.Equal(Outcome.Error, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
        _gate.Evidence.Signed(Gate.Good, _gate.Release);
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.GoodImage)).Decision.Outcome);
        Assert.Equal(2, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_yes_from_a_time_that_has_not_come_yet_is_not_reused()
    {
        await _gate.AskAsync(Gate.GoodImage);
        _gate.Clock.Advance(TimeSpan.FromMinutes(-1));
        await _gate.AskAsync(Gate.GoodImage);
        Assert.Equal(2, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_tag_beside_the_digest_makes_no_difference()
    {
        var plain = await _gate.AskAsync(Gate.GoodImage);
        var tagged = await _gate.AskAsync($"{Gate.Api}:9.9@{Gate.Good}");
        Assert.Same(plain, tagged);
        Assert.Null(tagged.Decision.Subject.Tag);
    }

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_one_gathering_and_one_decision()
    {
        var arrive = new TaskCompletionSource();
        _gate.Evidence.Answer(Gate.Good, async (repository, image, _) =>
        {
            await arrive.Task;
            return ScriptedEvidence.Set(repository, image) with { Signatures = [_gate.Release.Sign(repository, image)] };
        });
        var asked = Enumerable.Range(0, 50).Select(_ => _gate.AskAsync(Gate.GoodImage)).ToList();
        arrive.SetResult();
        var verdicts = await Task.WhenAll(asked);
        Assert.Equal(1, _gate.Evidence.Asked);
        Assert.Single(verdicts.Select(verdict => verdict.Decision.Id).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_kept_is_bounded()
    {
        using var gate = new Gate(options: new VerifierOptions { KeptDecisions = 10 });
        var digests = Enumerable.Range(0, 100).Select(i => Digest.Compute(BitConverter.GetBytes(i))).ToList();
        foreach (var digest in digests)
        {
            gate.Evidence.Signed(digest, gate.Release);
            await gate.AskAsync($"{Gate.Api}@{digest}");
        }

        var asked = gate.Evidence.Asked;
        foreach (var digest in digests)
            await gate.AskAsync($"{Gate.Api}@{digest}");
        Assert.InRange(gate.Evidence.Asked - asked, 90, 100);
    }

    public void Dispose() => _gate.Dispose();
}
