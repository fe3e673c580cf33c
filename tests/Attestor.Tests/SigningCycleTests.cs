// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

public sealed class SigningCycleTests
{
    [Fact]
    public async Task A_clean_image_is_signed_and_its_approval_names_what_it_rests_on()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow().AddHours(-1));

        var decision = Approved(await world.Cycle().AttestAsync(world.Request(image.Digest, report), CancellationToken.None));

        Assert.Equal(Outcome.Approved, decision.Outcome);
        Assert.Equal(
            ["signature", "tag-signature", "scan-attestation:", "approval"],
            decision.Artifacts.Select(artifact => artifact.Purpose.Split("sha256:")[0]));
        var statements = await StatementsAsync(world, image.Digest);
        var approval = Assert.Single(statements, statement => statement.PredicateType == PredicateTypes.VerificationSummary);
        Assert.True(VerificationSummary.TryRead(approval, out var summary, out _));
        Assert.Equal("supplychain:attestor/release", summary.VerifierId);
        Assert.Equal(new ImageResource(world.Repository, image.Digest).ToString(), summary.ResourceUri);
        Assert.Equal(world.Policies!.SigningPolicies[0].Revision, summary.PolicyDigest);
        Assert.Equal(VerificationResult.Passed, summary.Result);
        var scan = Assert.Single(statements, statement => statement.PredicateType == PredicateTypes.VulnerabilityScan);
        Assert.Equal([scan.Digest], summary.InputAttestations.Select(input => input.Digest));
        Assert.True(VulnerabilityScan.TryRead(scan, out var inside, out _));
        Assert.Equal(Digest.Compute(Bytes(report)), Digest.Compute(inside.Result.Span));
    }

    [Fact]
    public async Task A_vulnerable_image_is_refused_and_nothing_is_stored()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(
            image.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));

        var decision = Refused(await world.Cycle().AttestAsync(world.Request(image.Digest, report), CancellationToken.None));

        var check = Assert.Single(decision.Checks, check => check.Verdict == Verdict.Fail);
        Assert.Equal(ReasonCode.FindingOverLimit, check.Reason);
        Assert.Equal("CVE-2026-0001", Assert.Single(check.Findings!.First).Id);
        Assert.Equal(0, world.Key.Calls);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None));
        Assert.Single(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Refusal);
    }

    [Fact]
    public async Task Every_signature_stands_in_the_ledger_before_it_is_stored_and_the_chain_is_intact()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None);

        var kinds = (await world.EntriesAsync()).Select(entry => entry.Kind).ToList();

        Assert.Equal(
            [EntryKind.Evidence, EntryKind.Key, EntryKind.Intent, EntryKind.Signature, EntryKind.Signature, EntryKind.Signature, EntryKind.Intent,
                EntryKind.Signature, EntryKind.Completion],
            kinds);
        Assert.True((await world.Ledger.Reader.VerifyAsync(expected: null, CancellationToken.None)).IsIntact);
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_answer_without_the_key()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));

        var first = Approved(await world.Cycle().AttestAsync(request, CancellationToken.None));
        var calls = world.Key.Calls;
        var second = Approved(await world.Cycle().AttestAsync(request, CancellationToken.None));

        Assert.Equal(first.ToJson(), second.ToJson());
        Assert.Equal(calls, world.Key.Calls);
    }

    [Fact]
    public async Task Fifty_equal_requests_at_once_ask_the_key_as_often_as_one()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        var cycle = world.Cycle();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cycle.AttestAsync(request, CancellationToken.None).AsTask()));

        Assert.Single(answers.Select(answer => Approved(answer).Id).Distinct(StringComparer.Ordinal));
        Assert.Equal(4, world.Key.Calls);
    }

    [Fact]
    public async Task An_index_is_signed_with_every_child_and_needs_a_report_for_each()
    {
        await using var world = await World.CreateAsync();
        var amd64 = await world.PushImageAsync("amd64", "a");
        var arm64 = await world.PushImageAsync("arm64", "b");
        var index = await world.PushIndexAsync((amd64, "amd64"), (arm64, "arm64"));
        var one = SampleReport.Of(amd64.Config!.Digest, world.Clock.GetUtcNow());
        var other = SampleReport.Of(arm64.Config!.Digest, world.Clock.GetUtcNow());

        var gap = Refused(await world.Cycle().AttestAsync(world.Request(index.Digest, one), CancellationToken.None));
        var decision = Approved(await world.Cycle().AttestAsync(world.Request(index.Digest, one, other), CancellationToken.None));

        Assert.Contains(gap.Checks, check => check.Reason == ReasonCode.ReportPlatformGap);
        Assert.Equal(["linux/amd64", "linux/arm64"], decision.Subject.Platforms);
        foreach (var digest in new[] { index.Digest, amd64.Digest, arm64.Digest })
        {
            Assert.Contains(decision.Artifacts, artifact => artifact.Purpose == "signature" && artifact.Subject == digest);
            Assert.Contains(decision.Artifacts, artifact => artifact.Purpose == "tag-signature" && artifact.Subject == digest);
        }

        Assert.Equal("approval", decision.Artifacts[^1].Purpose);
    }

    [Fact]
    public async Task An_older_report_than_the_newest_known_one_is_superseded()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var dirty = SampleReport.Of(image.Config!.Digest, now.AddHours(-1), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));
        var older = SampleReport.Of(image.Config!.Digest, now.AddHours(-2));
        var newer = SampleReport.Of(image.Config!.Digest, now);
        var cycle = world.Cycle();
        Refused(await cycle.AttestAsync(world.Request(image.Digest, dirty), CancellationToken.None));

        var shopping = Refused(await cycle.AttestAsync(world.Request(image.Digest, older), CancellationToken.None));
        var together = Refused(await cycle.AttestAsync(world.Request(image.Digest, older, newer), CancellationToken.None));
        var rescanned = Approved(await cycle.AttestAsync(world.Request(image.Digest, newer), CancellationToken.None));

        Assert.Contains(shopping.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.Contains(together.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.True(rescanned.IsPositive);
    }

    [Fact]
    public async Task A_foreign_report_in_place_of_a_known_one_is_what_the_refusal_is_about()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var dirty = SampleReport.Of(image.Config!.Digest, now.AddHours(-1), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));
        var foreign = SampleReport.Of(Digest.Compute("another image"u8), now);
        Refused(await world.Cycle().AttestAsync(world.Request(image.Digest, dirty), CancellationToken.None));

        var decision = Refused(await world.Cycle().AttestAsync(world.Request(image.Digest, foreign), CancellationToken.None));

        Assert.Equal(ReasonCode.ReportSubjectMismatch, decision.Checks.MaxBy(check => check.Verdict)!.Reason);
        Assert.Single(decision.Checks, check => check.Reason == ReasonCode.ReportSubjectMismatch);
        Assert.Distinct(decision.Checks.Select(check => check.Name), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Leaving_out_a_known_report_does_not_help()
    {
        var text = World.SigningPolicyText
            .Replace("[{ name: trivy, source: submitted, binding: proven }]",
                "[{ name: trivy, source: submitted, binding: proven }, { name: grype, source: submitted, binding: proven }]", StringComparison.Ordinal)
            .Replace("combine: union", "combine: any", StringComparison.Ordinal);
        await using var world = await World.CreateAsync(text);
        var image = await world.PushImageAsync();
        var dirty = SampleReport.Of(
            image.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));
        Refused(await world.Cycle().AttestAsync(world.Request(image.Digest, dirty), CancellationToken.None));

        var without = Refused(await world.Cycle().AttestAsync(world.Request(image.Digest), CancellationToken.None));

        Assert.Contains(without.Checks, check =>
            check.Reason == ReasonCode.EvidenceMissing && check.Message.Contains("trivy", StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string> Rejected => new()
    {
        { "a tag", "registry.local/demo/shop:1.0", "TAG_NOT_ALLOWED" },
        { "no digest at all", "registry.local/demo/shop", "TAG_NOT_ALLOWED" },
        { "a tag that may disagree with the digest", $"registry.local/demo/shop:1.0@sha256:{new string('0', 64)}", "TAG_NOT_ALLOWED" },
        { "bad syntax", "registry.local/demo/Shop@sha256:00", "BAD_REFERENCE" },
        { "a sha512", $"registry.local/demo/shop@sha512:{new string('0', 128)}", "BAD_DIGEST" },
        { "another repository", $"registry.local/other/shop@sha256:{new string('0', 64)}", "NOT_AUTHORISED" },
        { "a sibling by prefix", $"registry.local/demo-evil/shop@sha256:{new string('0', 64)}", "NOT_AUTHORISED" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public async Task A_request_that_no_policy_is_asked_about_is_rejected_with_one_record(string because, string image, string reason)
    {
        await using var world = await World.CreateAsync();
        var request = world.Request(Digest.Compute(default)) with { Image = image };

        var answer = Assert.IsType<AttestationAnswer.Rejected>(await world.Cycle().AttestAsync(request, CancellationToken.None));

        Assert.True(answer.Reason.Name == reason, because);
        Assert.Equal(EntryKind.Rejected, Assert.Single(await world.EntriesAsync()).Kind);
    }

    [Fact]
    public async Task A_stranger_and_an_absent_image_look_alike()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var stranger = world.Request(image.Digest) with
        {
            Requester = new Requester("urn:supplychain:local", "somebody", new Dictionary<string, string>(StringComparer.Ordinal)),
        };

        var forbidden = Assert.IsType<AttestationAnswer.Rejected>(await world.Cycle().AttestAsync(stranger, CancellationToken.None));
        var absent = Assert.IsType<AttestationAnswer.Rejected>(await world.Cycle().AttestAsync(
            stranger with { Image = world.Repository.At(Digest.Compute("absent"u8)).ToString() }, CancellationToken.None));

        Assert.Equal(ReasonCode.NotAuthorised, forbidden.Reason);
        Assert.Equal((forbidden.Reason, forbidden.Message), (absent.Reason, absent.Message));
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_refused()
    {
        await using var world = await World.CreateAsync();
        await world.PushImageAsync();

        var decision = Refused(await world.Cycle().AttestAsync(world.Request(Digest.Compute("absent"u8)), CancellationToken.None));

        Assert.Equal(ReasonCode.ImageNotFound, Assert.Single(decision.Checks).Reason);
    }

    [Fact]
    public async Task A_signature_that_does_not_verify_is_never_recorded_or_stored()
    {
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, signature =>
        {
            signature[^1] ^= 1;
            return signature;
        }));
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));

        var answer = Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, CancellationToken.None));

        Assert.Equal(ReasonCode.KmsBadSignature, answer.Reason);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind is EntryKind.Signature or EntryKind.Completion);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None));
    }

    [Fact]
    public async Task A_request_that_is_taken_up_again_has_to_pass_again_while_its_approval_is_not_signed()
    {
        var broken = true;
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, signature => broken ? [] : signature));
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
        var cycle = world.Cycle();
        Assert.IsType<AttestationAnswer.Interrupted>(await cycle.AttestAsync(request, CancellationToken.None));
        broken = false;
        var dirty = SampleReport.Of(image.Config!.Digest, now, findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));
        Refused(await cycle.AttestAsync(world.Request(image.Digest, dirty), CancellationToken.None));

        var again = Refused(await cycle.AttestAsync(request, CancellationToken.None));

        Assert.Contains(again.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind is EntryKind.Signature or EntryKind.Completion);
    }

    [Fact]
    public async Task A_request_that_comes_back_under_another_policy_is_not_finished_under_the_first()
    {
        var broken = true;
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, signature => broken ? [] : signature));
        var production = World.SigningPolicyText.Replace("sub: ci", "environment: production", StringComparison.Ordinal);
        world.LoadPolicies(production, production.Replace("production", "staging", StringComparison.Ordinal)
            .Replace("{ name: shop }", "{ name: shop-staging }", StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow());
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(From("production"), CancellationToken.None));
        broken = false;

        var changed = Assert.IsType<AttestationAnswer.Interrupted>(
            await world.Cycle().AttestAsync(From("staging"), CancellationToken.None));
        var finished = Approved(await world.Cycle().AttestAsync(From("staging"), CancellationToken.None));

        Assert.Equal(ReasonCode.PolicyChanged, changed.Reason);
        Assert.Equal("shop-staging", finished.Policy!.Name);

        AttestationRequest From(string environment) => world.Request(image.Digest, report) with
        {
            Requester = new Requester("urn:supplychain:local", "ci", new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["environment"] = environment,
            }),
            IdempotencyKey = "k",
        };
    }

    [Theory]
    [InlineData("the policy")]
    [InlineData("the attestor")]
    [InlineData("all policies")]
    public async Task What_changes_before_the_key_is_asked_stops_the_request(string changed)
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        var before = world.Policies;
        if (changed is "the policy")
            world.Load(World.SigningPolicyText.Replace("maximumFixableSeverity: LOW", "maximumFixableSeverity: MINIMAL", StringComparison.Ordinal));
        else if (changed is "the attestor")
            world.LoadAttestor(", validUntil: 2030-01-01T00:00:00Z");
        else
            world.Policies = null;
        var after = world.Policies;
        var asked = 0;
        var cycle = new SigningCycle(
            () => Interlocked.Increment(ref asked) == 1 ? before : after, world.Registries,
            new AttestorKeys((_, _, _) => ValueTask.FromResult<Kms.ISigningKey>(world.Key), world.Ledger, world.Clock), world.Ledger, world.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SigningCycle>.Instance);

        var answer = Assert.IsType<AttestationAnswer.Interrupted>(await cycle.AttestAsync(request, CancellationToken.None));

        Assert.True(answer.Reason == ReasonCode.PolicyChanged, changed);
        Assert.Equal(0, world.Key.Calls);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
    }

    [Theory]
    [InlineData(true, LogLevel.Information)]
    [InlineData(false, LogLevel.Error)]
    public async Task That_the_caller_went_away_is_no_error_of_ours(bool isAborted, LogLevel expected)
    {
        using var caller = new CancellationTokenSource();
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, _ =>
        {
            if (isAborted)
                caller.Cancel();
            throw new OperationCanceledException("stopped");
        }));
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        var log = new LevelLog();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Cycle(logger: log).AttestAsync(request, caller.Token).AsTask());

        Assert.Equal((expected, isAborted), (log.Lines.Single().Level, log.Lines.Single().Fault is null));
    }

    [Fact]
    public async Task A_check_signs_nothing_and_records_nothing()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())) with { CheckOnly = true };

        var answer = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, CancellationToken.None));

        Assert.True(answer.Decision.IsPositive);
        Assert.False(answer.IsRecorded);
        Assert.Equal(0, world.Key.Calls);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind != EntryKind.Evidence);
    }

    [Fact]
    public async Task An_idempotency_key_for_another_request_is_a_conflict()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var other = await world.PushImageAsync(content: "two");
        var now = world.Clock.GetUtcNow();
        var first = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, now)) with { IdempotencyKey = "k" };
        var second = world.Request(other.Digest, SampleReport.Of(other.Config!.Digest, now)) with { IdempotencyKey = "k" };
        Approved(await world.Cycle().AttestAsync(first, CancellationToken.None));

        var answer = Assert.IsType<AttestationAnswer.Rejected>(await world.Cycle().AttestAsync(second, CancellationToken.None));

        Assert.Equal(ReasonCode.IdempotencyConflict, answer.Reason);
    }

    private sealed class LevelLog : ILogger<SigningCycle>
    {
        public List<(LogLevel Level, Exception? Fault)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, exception));
    }

    private static Decision Approved(AttestationAnswer answer)
    {
        var decided = Assert.IsType<AttestationAnswer.Decided>(answer);
        Assert.True(decided.Decision.IsPositive, string.Join('\n', decided.Decision.Checks));
        return decided.Decision;
    }

    private static Decision Refused(AttestationAnswer answer)
    {
        var decided = Assert.IsType<AttestationAnswer.Decided>(answer);
        Assert.False(decided.Decision.IsPositive);
        return decided.Decision;
    }

    private static byte[] Bytes(SampleReport report)
    {
        using var copy = new MemoryStream();
        using var content = report.Open();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    private static async ValueTask<IReadOnlyList<VerifiedStatement>> StatementsAsync(World world, Digest image)
    {
        var statements = new List<VerifiedStatement>();
        foreach (var referrer in await world.Registry.ListReferrersAsync(world.Repository, image, CancellationToken.None))
        {
            var manifest = await world.Registry.FetchManifestAsync(world.Repository, referrer.Digest, CancellationToken.None);
            var blob = await world.Registry.FetchBlobAsync(world.Repository, manifest!.Layers[0], 1 << 20, CancellationToken.None);
            Assert.True(Bundle.TryRead(blob, out var bundle, out _));
            Assert.True(EnvelopeVerifier.TryVerify(
                bundle.Envelope!, image, [world.PublicKey], manifest.Layers[0].Digest, out var statement, out var problem), problem?.Message);
            statements.Add(statement);
        }

        return statements;
    }
}
