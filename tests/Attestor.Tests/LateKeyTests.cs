// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>
/// Keys that are revoked or retired while a request is under way: between its judgement and its signatures, or between those and their
/// publication.
/// </summary>
public sealed class LateKeyTests
{
    private const string Revoked = "\"state\":\"revoked\",\"revokedAt\":\"2026-11-20T00:00:00Z\"";
    private const string Retired = "\"state\":\"retired\"";

    private readonly MemoryKey _next = new();
    private readonly MemoryKey _scanner = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ends => new()
    {
        { Revoked, "KEY_REVOKED" },
        { Retired, "KEY_NOT_VALID_AT_TIME" },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task What_was_signed_with_a_key_that_no_longer_counts_is_refused_when_the_request_is_resumed(string state, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var (image, request) = await SubmitAsync(world);
        await InterruptStoringAsync(simulator, world, request);
        var calls = world.Key.Calls;

        world.Policies = Policies(world, simulator.Host, state, attested: false);
        var answer = await CycleOf(world).AttestAsync(request, Stop);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(answer);
        Assert.Equal(reason, interrupted.Reason.Name);
        Assert.Contains("rests on a key that no longer counts", interrupted.Message, StringComparison.Ordinal);
        await AssertNothingPublishedAsync(world, image.Digest);
        Assert.Equal(calls, world.Key.Calls);
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task So_it_is_where_only_a_part_was_signed(string state, string reason)
    {
        var signatures = 0;
        await using var world = await World.CreateAsync(
            wrap: key => new BrokenKey(key, signature => ++signatures > 1 ? [] : signature));
        var (image, request) = await SubmitAsync(world);
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));
        Assert.Equal(1, Count(await world.EntriesAsync(), EntryKind.Signature));

        world.Policies = Policies(world, World.Host, state, attested: false);
        var answer = await CycleOf(world).AttestAsync(request, Stop);

        Assert.Equal(reason, Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason.Name);
        Assert.Equal(1, Count(await world.EntriesAsync(), EntryKind.Signature));
        await AssertNothingPublishedAsync(world, image.Digest);
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task Where_only_the_intent_is_on_record_the_key_that_signs_now_signs_all_of_it(string state, string reason)
    {
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, _ => []));
        var (image, request) = await SubmitAsync(world);
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));
        var calls = world.Key.Calls;

        world.Policies = Policies(world, World.Host, state, attested: false);
        var answer = Assert.IsType<AttestationAnswer.Decided>(await CycleOf(world).AttestAsync(request, Stop));

        Assert.True(answer.Decision.IsPositive, reason);
        Assert.Equal(calls, world.Key.Calls);
        Assert.Empty(await world.Ledger.Reader.FindSignedAsync(world.PublicKey.Id, Stop));
        Assert.NotEmpty(await world.Ledger.Reader.FindSignedAsync(_next.PublicKey.Id, Stop));
        Assert.NotEmpty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop));
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task What_was_approved_on_evidence_by_a_key_that_no_longer_counts_is_not_published(string state, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        world.Policies = Policies(world, simulator.Host, state: null, attested: true);
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        var request = world.Request(image.Digest) with { IdempotencyKey = "once" };
        await InterruptStoringAsync(simulator, world, request);
        var before = await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop);

        world.Policies = Policies(world, simulator.Host, state: null, attested: true, scanner: state);
        var answer = await CycleOf(world).AttestAsync(request, Stop);
        await new Reconciliation(
            () => world.Policies, world.Registries, world.Ledger, world.Clock, NullLogger<Reconciliation>.Instance).RunAsync(Stop);

        Assert.Equal(reason, Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason.Name);
        Assert.Equal(0, Count(await world.EntriesAsync(), EntryKind.Completion));
        Assert.Equal(before.Count, (await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop)).Count);
    }

    [Fact]
    public async Task Evidence_by_a_key_that_still_counts_is_published_by_the_next_look()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        world.Policies = Policies(world, simulator.Host, state: null, attested: true);
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        await InterruptStoringAsync(simulator, world, world.Request(image.Digest));

        await new Reconciliation(
            () => world.Policies, world.Registries, world.Ledger, world.Clock, NullLogger<Reconciliation>.Instance).RunAsync(Stop);

        Assert.Equal(1, Count(await world.EntriesAsync(), EntryKind.Completion));
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task A_key_that_vouched_and_is_ended_after_the_judgement_keeps_the_image_from_being_signed(string state, string reason)
    {
        await using var world = await World.CreateAsync();
        var good = Policies(world, World.Host, state: null, attested: true);
        var ended = Policies(world, World.Host, state: null, attested: true, scanner: state);
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        var asked = 0;

        // The first to ask is the grant; whoever asks later learns of the new policy.
        var answer = await CycleOf(world, () => ++asked == 1 ? good : ended).AttestAsync(world.Request(image.Digest), Stop);

        Assert.True(Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason == ReasonCode.PolicyChanged, reason);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_decision_names_the_key_that_vouched_and_the_ledger_finds_it_by_that_key()
    {
        await using var world = await World.CreateAsync();
        world.Policies = Policies(world, World.Host, state: null, attested: true);
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);

        var decided = Assert.IsType<AttestationAnswer.Decided>(await CycleOf(world).AttestAsync(world.Request(image.Digest), Stop));

        Assert.Equal(_scanner.PublicKey.Id, Assert.Single(decided.Decision.Evidence).SignedBy);
        var vouched = await world.Ledger.Reader.FindVouchedAsync(_scanner.PublicKey.Id, Stop);
        Assert.Equal(
            (world.Repository.ToString(), image.Digest, decided.Decision.Id, true),
            Assert.Single(vouched.Named.Select(found => (found.Repository, found.Image, found.Request, found.IsPublished))));
        Assert.Empty(vouched.Unnamed);
        Assert.Empty((await world.Ledger.Reader.FindVouchedAsync(_next.PublicKey.Id, Stop)).Named);
    }

    [Fact]
    public async Task What_only_the_requester_vouches_for_names_no_key()
    {
        await using var world = await World.CreateAsync();
        var (_, request) = await SubmitAsync(world);

        var decided = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));

        Assert.Null(Assert.Single(decided.Decision.Evidence).SignedBy);
    }

    private SigningCycle CycleOf(World world, Func<PolicySet?>? policies = null) => new(
        policies ?? (() => world.Policies), world.Registries,
        new AttestorKeys(
            (uri, _, _) => ValueTask.FromResult<ISigningKey>(uri.Rest.StartsWith("next", StringComparison.Ordinal) ? _next : world.Key),
            world.Ledger, world.Clock),
        world.Ledger, world.Clock, NullLogger<SigningCycle>.Instance);

    // A request by its own name: without one, another signing key makes another request of it.
    private static async Task<(Oci.Manifest Image, AttestationRequest Request)> SubmitAsync(World world)
    {
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow());
        return (image, world.Request(image.Digest, report) with { IdempotencyKey = "once" });
    }

    // A registry that takes no manifest: everything is signed and recorded, and nothing stored.
    private async Task InterruptStoringAsync(RegistrySimulator simulator, World world, AttestationRequest request)
    {
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await CycleOf(world).AttestAsync(request, Stop));
        simulator.Mend();
        Assert.Contains(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
    }

    private static async Task AssertNothingPublishedAsync(World world, Digest image)
    {
        Assert.Equal(0, Count(await world.EntriesAsync(), EntryKind.Completion));
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image, Stop));
    }

    private static int Count(IReadOnlyList<LedgerEntry> entries, EntryKind kind) => entries.Count(entry => entry.Kind == kind);

    /// <summary>The policies, with the first key in a state of its own and then another one that signs.</summary>
    private PolicySet Policies(World world, string host, string? state, bool attested, string? scanner = null)
    {
        var members = state is null
            ? """{"key":"file:approval.key"}"""
            : string.Create(CultureInfo.InvariantCulture, $"{{\"key\":\"file:approval.key\",{state}}},{{\"key\":\"file:next.key\"}}");
        var vouching = JsonNode.Parse(scanner is null
            ? _scanner.Member
            : _scanner.Member.TrimEnd('}') + "," + scanner + "}")!;
        var signing = World.SigningPolicyText.Replace(World.Host, host, StringComparison.Ordinal);
        if (attested)
        {
            signing = signing.Replace(
                "source: submitted, binding: proven", "source: attested, signedBy: [scanner]", StringComparison.Ordinal);
        }

        List<PolicyFile> files =
        [
            File("release.yaml", Attestor("release", "approval", members)),
            File("signing.yaml", signing),
        ];
        if (attested)
            files.Add(File("scanner.yaml", Attestor("scanner", "evidence", vouching.ToJsonString())));
        var loaded = PolicyLoader.Load(files);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var keys = new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:approval.key"] = world.PublicKey };
        if (state is not null)
            keys.Add("file:next.key", _next.PublicKey);
        var resolved = loaded.Set.WithResolvedKeys(keys);
        Assert.True(resolved.IsUsable, string.Join('\n', resolved.Problems));
        return resolved.Set;

        static PolicyFile File(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

        static string Attestor(string name, string purpose, string members) =>
            $$$"""
            {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"{{{name}}}"},
             "spec":{"purpose":"{{{purpose}}}","members":[{{{members}}}]}}
            """;
    }
}
