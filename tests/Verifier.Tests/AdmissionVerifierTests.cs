// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Verifier.Tests;

public sealed class AdmissionVerifierTests : IDisposable
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task An_image_that_the_rule_is_met_for_may_run()
    {
        var decision = (await _gate.AskAsync(Gate.GoodImage)).Decision;
        Assert.Equal(Outcome.Allowed, decision.Outcome);
        Assert.Equal(("production", "default"), (decision.Policy!.Name, decision.Policy.Rule));
        Assert.Equal((Gate.Api.ToString(), Gate.Good), (decision.Subject.Name, decision.Subject.Digest));
        Assert.Equal(["linux/amd64"], decision.Subject.Platforms);
        Assert.Equal(_gate.Clock.GetUtcNow(), decision.Time);
        Assert.True(Assert.Single(decision.Evidence).Used);
        Assert.Equal(decision.Id, Decision.FromJson(decision.ToJson()).Id);
    }

    public static TheoryData<string, string, string, int> Refused => new()
    {
        { "unsigned", Gate.BadImage, "SIGNATURE_MISSING", 1 },
        { "a tag", "registry.example.com/team/api:1", "TAG_NOT_PINNED", 0 },
        { "no tag and no digest", "registry.example.com/team/api", "TAG_NOT_PINNED", 0 },
        { "another registry", $"ghcr.io/team/api@{Gate.Good}", "REGISTRY_NOT_ALLOWED", 0 },
        { "a host that only starts alike", $"registry.example.com.evil.org/team/api@{Gate.Good}", "REGISTRY_NOT_ALLOWED", 0 },
        { "the registry in capitals", $"REGISTRY.example.com/team/api@{Gate.Good}", "REGISTRY_NOT_ALLOWED", 0 },
        { "a short name is Docker Hub", "nginx", "REGISTRY_NOT_ALLOWED", 0 },
        { "not a name", "registry.example.com/Team/UPPER:1", "BAD_REFERENCE", 0 },
        { "white space", " registry.example.com/team/api", "BAD_REFERENCE", 0 },
        { "nothing", "", "BAD_REFERENCE", 0 },
        { "a percent escape", "registry.example.com/team%2Fapi", "BAD_REFERENCE", 0 },
        { "a short digest", "registry.example.com/team/api@sha256:abcd", "BAD_REFERENCE", 0 },
        { "a sha512", "registry.example.com/team/api@sha512:" + new string('a', 128), "BAD_DIGEST", 0 },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task An_image_is_denied_with_the_reason_and_the_network_is_asked_only_at_the_end(
        string because, string image, string reason, int asked)
    {
        var verdict = await _gate.AskAsync(image);
        Assert.Equal((because, Outcome.Denied), (because, verdict.Decision.Outcome));
        Assert.Equal(reason, verdict.Decision.Checks[^1].Reason?.Name);
        Assert.Equal(asked, _gate.Evidence.Asked);
        Assert.True(verdict.IsBlocking);
        Assert.Null(verdict.Fault);
    }

    [Fact]
    public async Task An_exempt_image_runs_without_evidence_and_the_decision_says_why()
    {
        var decision = (await _gate.AskAsync("registry.k8s.io/pause:3.9")).Decision;
        Assert.Equal(Outcome.Allowed, decision.Outcome);
        Assert.Contains("control plane", Assert.Single(decision.Checks).Message, StringComparison.Ordinal);
        Assert.Equal(0, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task Without_a_rule_and_without_a_default_nothing_runs()
    {
        _gate.Use("    - { name: payments, scope: { namespace: payments }, " + TestPolicies.SignedByRelease + " }", fallback: null);
        Assert.Equal("NO_POLICY", (await _gate.AskAsync(Gate.GoodImage)).Decision.Checks[0].Reason?.Name);
        Assert.Equal(Outcome.Allowed, (await _gate.AskAsync(Gate.GoodImage, "payments")).Decision.Outcome);
    }

    [Fact]
    public async Task The_rule_is_that_of_the_cluster_namespace_and_service_account_of_the_workload()
    {
        _gate.Use(
            """
                - { name: cluster, scope: { cluster: prod-eu }, require: { signature: { attestor: release } } }
                - { name: space, scope: { namespace: payments }, require: { signature: { attestor: release } } }
                - { name: account, scope: { namespace: payments, serviceAccount: batch }, require: { signature: { attestor: release } } }
            """);
        Assert.Equal("cluster", (await _gate.AskAsync(Gate.GoodImage)).Decision.Policy!.Rule);
        Assert.Equal("space", (await _gate.AskAsync(Gate.GoodImage, "payments")).Decision.Policy!.Rule);
        Assert.Equal("account", (await _gate.AskAsync(Gate.GoodImage, "payments", "batch")).Decision.Policy!.Rule);
    }

    [Fact]
    public async Task Explaining_names_the_rules_that_lost()
    {
        _gate.Use("    - { name: payments, scope: { namespace: payments }, " + TestPolicies.SignedByRelease + " }");
        var asked = await _gate.Verifier.VerifyAsync(
            [Gate.GoodImage], new WorkloadContext(null, "team", null, null), explain: true, CancellationToken.None);
        Assert.Contains(
            asked.Images[0].Verdict.Decision.Considered, line => line.StartsWith("rule payments:", StringComparison.Ordinal));
        Assert.Empty((await _gate.AskAsync(Gate.GoodImage)).Decision.Considered);
    }

    [Fact]
    public async Task Before_the_first_policy_everything_is_an_error_and_denied()
    {
        var verifier = new AdmissionVerifier(_gate.Evidence, new VerifierOptions(), _gate.Clock);
        Assert.False(verifier.IsReady);
        var asked = await verifier.VerifyAsync(
            ["registry.k8s.io/pause:3.9"], new WorkloadContext(null, null, null, null), explain: true, CancellationToken.None);
        var decision = Assert.Single(asked.Images).Verdict.Decision;
        Assert.Equal((Outcome.Error, "NOT_READY"), (decision.Outcome, decision.Checks[0].Reason?.Name));
        Assert.False(asked.IsAllowed);
    }

    [Fact]
    public void A_set_without_one_clear_admission_policy_is_refused_and_the_last_one_stays()
    {
        var revision = _gate.Verifier.Revision;
        Assert.False(_gate.Verifier.TryUse(TestPolicies.Load(TestPolicies.Attestor(_gate.Release)), out var problem));
        Assert.Equal("there is no AdmissionPolicy", problem);
        Assert.False(_gate.Verifier.TryUse(
            TestPolicies.Load(
                TestPolicies.Attestor(_gate.Release), TestPolicies.Admission("", name: "one"), TestPolicies.Admission("", name: "two")),
            out problem));
        Assert.Contains("2 AdmissionPolicies", problem, StringComparison.Ordinal);
        Assert.Equal(revision, _gate.Verifier.Revision);
    }

    [Fact]
    public void The_admission_policy_can_be_chosen_by_name()
    {
        var set = TestPolicies.Load(
            TestPolicies.Attestor(_gate.Release), TestPolicies.Admission("", name: "one"), TestPolicies.Admission("", name: "two"));
        var verifier = new AdmissionVerifier(_gate.Evidence, new VerifierOptions { Policy = "two" }, _gate.Clock);
        Assert.True(verifier.TryUse(set, out _));
        Assert.Equal(set.AdmissionPolicies[1].Revision, verifier.Revision);
        verifier = new AdmissionVerifier(_gate.Evidence, new VerifierOptions { Policy = "three" }, _gate.Clock);
        Assert.False(verifier.TryUse(set, out var problem));
        Assert.Equal("there is no AdmissionPolicy named 'three'", problem);
    }

    public static TheoryData<string, ReasonCode, Outcome> RegistryFaults => new()
    {
        { "down", ReasonCode.RegistryUnavailable, Outcome.Error },
        { "throttled", ReasonCode.RegistryThrottled, Outcome.Error },
        { "no such image", ReasonCode.ImageNotFound, Outcome.Denied },
        { "a lie about the digest", ReasonCode.DigestMismatch, Outcome.Denied },
    };

    [Theory, MemberData(nameof(RegistryFaults))]
    public async Task A_fault_of_the_registry_is_an_error_and_what_it_says_of_the_image_a_denial(
        string because, ReasonCode reason, Outcome outcome)
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => throw new RegistryException(reason, because));
        var decision = (await _gate.AskAsync(Gate.GoodImage)).Decision;
        Assert.Equal((outcome, reason), (decision.Outcome, decision.Checks[0].Reason));
        Assert.Equal(because, decision.Checks[0].Message);
    }

    [Fact]
    public async Task An_attachment_that_could_not_be_had_makes_an_unmet_rule_an_error_and_not_an_absence()
    {
        _gate.Evidence.Answer(Gate.Bad, (repository, image) => ScriptedEvidence.Set(repository, image) with
        {
            Problems = [new EvidenceProblem(ReasonCode.RegistryUnavailable, "the referrers could not be listed", IsError: true)],
        });
        Assert.Equal(Outcome.Error, (await _gate.AskAsync(Gate.BadImage)).Decision.Outcome);
    }

    [Fact]
    public async Task An_unexpected_exception_is_an_error_whose_cause_is_kept_for_the_log_only()
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => throw new InvalidOperationException("token=secret"));
        var verdict = await _gate.AskAsync(Gate.GoodImage);
        Assert.Equal((Outcome.Error, "VERIFY_ERROR"), (verdict.Decision.Outcome, verdict.Decision.Checks[0].Reason?.Name));
        Assert.Equal("token=secret", verdict.Fault?.Message);
        Assert.DoesNotContain("secret", System.Text.Encoding.UTF8.GetString(verdict.Decision.ToJson()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EvidenceOrigin.Recorded)]
    [InlineData(EvidenceOrigin.Fixture)]
    public async Task Only_live_evidence_admits_anything(EvidenceOrigin origin)
    {
        _gate.Evidence.Answer(Gate.Good, (repository, image) => ScriptedEvidence.Set(repository, image) with
        {
            Origin = origin,
            Signatures = [_gate.Release.Sign(repository, image)],
        });
        Assert.Equal("VERIFY_ERROR", (await _gate.AskAsync(Gate.GoodImage)).Decision.Checks[0].Reason?.Name);
    }

    [Fact]
    public async Task Evidence_about_another_image_than_was_asked_for_admits_nothing()
    {
        _gate.Evidence.Answer(Gate.Bad, (repository, _) => ScriptedEvidence.Set(repository, Gate.Good) with
        {
            Signatures = [_gate.Release.Sign(repository, Gate.Good)],
        });
        Assert.Equal("VERIFY_ERROR", (await _gate.AskAsync(Gate.BadImage)).Decision.Checks[0].Reason?.Name);

        _gate.Evidence.Answer(Gate.Bad, (_, image) =>
        {
            var other = Repository.Parse("registry.example.com/other/api");
            return ScriptedEvidence.Set(other, image) with { Signatures = [_gate.Release.Sign(other, image)] };
        });
        Assert.Equal("VERIFY_ERROR", (await _gate.AskAsync(Gate.BadImage)).Decision.Checks[0].Reason?.Name);
    }

    [Fact]
    public async Task A_source_is_asked_for_what_the_rule_can_count_and_nothing_else()
    {
        using var other = new TestSigner();
        var set = TestPolicies.Load(
            TestPolicies.Attestor(_gate.Release), TestPolicies.Attestor(other, "other"),
            TestPolicies.Admission(
                "    - { name: two, scope: { namespace: two }, layouts: [bundle], require: { any: [{ approval: { attestor: other } }, "
                + "{ attestation: { type: 'https://example.com/t', attestor: release } }] } }"));
        Assert.True(_gate.Verifier.TryUse(set, out _));

        await _gate.AskAsync(Gate.GoodImage);
        Assert.Equal([_gate.Release.PublicKey], _gate.Evidence.LastNeeds!.Signers.Keys);
        Assert.Equal([PredicateTypes.ImageSignature], _gate.Evidence.LastNeeds.PredicateTypes);
        Assert.Equal([StorageLayout.Bundle, StorageLayout.Tag], _gate.Evidence.LastNeeds.Layouts.Order());

        await _gate.AskAsync(Gate.GoodImage, "two");
        Assert.Equal(2, _gate.Evidence.LastNeeds.Signers.Keys.Count);
        Assert.Equal(
            [PredicateTypes.VerificationSummary, "https://example.com/t"],
            _gate.Evidence.LastNeeds.PredicateTypes.OrderDescending(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal([StorageLayout.Bundle], _gate.Evidence.LastNeeds.Layouts);
    }

    public static TheoryData<string, VerifierOptions, string> BadOptions => new()
    {
        { "no time", new VerifierOptions { Deadline = TimeSpan.Zero }, "deadline" },
        { "too much time", new VerifierOptions { Deadline = TimeSpan.FromMinutes(6) }, "deadline" },
        { "reuse beyond five minutes", new VerifierOptions { Reuse = TimeSpan.FromMinutes(5) + TimeSpan.FromTicks(1) }, "reused" },
        { "negative reuse", new VerifierOptions { Reuse = TimeSpan.FromTicks(-1) }, "reused" },
        { "one decision", new VerifierOptions { KeptDecisions = 1 }, "kept" },
        { "no image at a time", new VerifierOptions { ConcurrentImages = 0 }, "at a time" },
    };

    [Theory, MemberData(nameof(BadOptions))]
    public void An_option_out_of_range_stops_the_start(string because, VerifierOptions options, string expected)
    {
        var fault = Assert.Throws<ArgumentException>(() => new AdmissionVerifier(_gate.Evidence, options, _gate.Clock));
        Assert.True(fault.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {fault.Message}");
    }

    public void Dispose() => _gate.Dispose();
}
