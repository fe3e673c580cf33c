// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>
/// Keys that vouch for what checks and VEX rules ask for, where they are revoked or retired while a request is under way. They count for as
/// much as those of scanners (<see cref="LateKeyTests"/>).
/// </summary>
public sealed class LateVoucherTests
{
    private const string Revoked = "\"state\":\"revoked\",\"revokedAt\":\"2026-11-20T00:00:00Z\"";
    private const string Retired = "\"state\":\"retired\"";
    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private static readonly string NeedsTests = World.SigningPolicyText.Replace(
        "  produce:", $$"""    - { name: tested, predicate: { type: "{{TestResult}}", signedBy: [ci] } }""" + "\n  produce:", StringComparison.Ordinal);

    private static readonly string TrustsVex = World.SigningPolicyText.Replace(
        "    platforms: all",
        """
            platforms: all
            vex: [{ signedBy: [ci], products: ["pkg:oci/shop"], statuses: [not_affected], maximumAge: 30d }]
        """,
        StringComparison.Ordinal);

    private readonly MemoryKey _ci = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ends => new()
    {
        { Revoked, "KEY_REVOKED" },
        { Retired, "KEY_NOT_VALID_AT_TIME" },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task One_that_ends_after_the_judgement_keeps_the_image_from_being_signed(string state, string reason)
    {
        await using var world = await World.CreateAsync();
        foreach (var policy in (string[])[NeedsTests, TrustsVex])
        {
            var image = await PushAsync(world);
            var (good, ended) = (world.Read(policy, "", ("ci", _ci.Member)), world.Read(policy, "", ("ci", _ci.MemberWith(state))));
            var asked = 0;

            // The first to ask is the grant; whoever asks later learns of the new policy.
            var answer = await world.Cycle(() => ++asked == 1 ? good : ended).AttestAsync(Request(world, image), Stop);

            Assert.True(Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason == ReasonCode.PolicyChanged, reason);
            Assert.Equal(0, world.Key.Calls);
        }
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task What_rests_on_one_that_no_longer_counts_is_refused_when_the_request_is_resumed(string state, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await CreateAsync(simulator);
        var image = await PushAsync(world);
        var request = await InterruptStoringAsync(simulator, world, image);

        world.Policies = world.Read(Of(simulator), "", ("ci", _ci.MemberWith(state)));
        var answer = await world.Cycle().AttestAsync(request, Stop);
        await world.Reconciliation().RunAsync(Stop);

        Assert.Equal(reason, Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason.Name);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop));
    }

    [Fact]
    public async Task What_rests_on_one_that_still_counts_is_finished_when_the_request_is_resumed()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await CreateAsync(simulator);
        var request = await InterruptStoringAsync(simulator, world, await PushAsync(world));

        var decided = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));

        Assert.Equal(Outcome.Approved, decided.Decision.Outcome);
        Assert.Equal(_ci.PublicKey.Id, Assert.Single(decided.Decision.Evidence, line => line.Kind == "attestation").SignedBy);
        var vouched = await world.Ledger.Reader.FindVouchedAsync(_ci.PublicKey.Id, Stop);
        Assert.Equal(decided.Decision.Id, Assert.Single(vouched.Named).Request);
        Assert.Empty(vouched.Unnamed);
    }

    [Fact]
    public async Task What_rests_on_one_that_still_counts_is_published_by_the_next_look()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await CreateAsync(simulator);
        await InterruptStoringAsync(simulator, world, await PushAsync(world));

        await world.Reconciliation().RunAsync(Stop);

        Assert.Single(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
    }

    private static string Of(RegistrySimulator simulator) => NeedsTests.Replace(World.Host, simulator.Host, StringComparison.Ordinal);

    private async Task<World> CreateAsync(RegistrySimulator simulator)
    {
        var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        world.Load(Of(simulator), ("ci", [_ci]));
        return world;
    }

    private async Task<Manifest> PushAsync(World world)
    {
        var image = await world.PushImageAsync();
        await Attestations.AttachAsync(world, _ci, image, TestResult, """{ "result": "PASSED" }""");
        return image;
    }

    // A request by its own name: without one, another state of a key makes another request of it.
    private static AttestationRequest Request(World world, Manifest image) => world.Request(
        image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())) with
    {
        IdempotencyKey = Guid.NewGuid().ToString(),
    };

    // A registry that takes no manifest: everything is signed and recorded, and nothing stored.
    private static async Task<AttestationRequest> InterruptStoringAsync(RegistrySimulator simulator, World world, Manifest image)
    {
        var request = Request(world, image);
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));
        simulator.Mend();
        Assert.Contains(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
        return request;
    }
}
