// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>What becomes of a request whose approval is signed and on record, but not in the registry.</summary>
public sealed class ReconciliationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_signed_is_stored_and_completed_without_the_key()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var (image, request) = await InterruptAsync(simulator, world);
        var calls = world.Key.Calls;

        await Of(world).RunAsync(Stop);

        Assert.Equal(1, Completions(await world.EntriesAsync()));
        Assert.NotEmpty(await world.Registry.ListReferrersAsync(world.Repository, image, Stop));
        var again = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));
        Assert.Equal(Outcome.Approved, again.Decision.Outcome);
        Assert.Equal(calls, world.Key.Calls);
    }

    [Fact]
    public async Task A_registry_that_still_fails_leaves_it_for_the_next_look()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        await InterruptAsync(simulator, world);
        var reconciliation = Of(world);

        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        await reconciliation.RunAsync(Stop);
        Assert.Equal(0, Completions(await world.EntriesAsync()));

        simulator.Mend();
        await reconciliation.RunAsync(Stop);
        Assert.Equal(1, Completions(await world.EntriesAsync()));
    }

    [Fact]
    public async Task Under_a_policy_that_is_no_longer_in_force_nothing_is_published()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var (image, _) = await InterruptAsync(simulator, world);
        world.Load(World.SigningPolicyText.Replace(World.Host, simulator.Host, StringComparison.Ordinal)
            .Replace("maximumFixableSeverity: LOW", "maximumFixableSeverity: MINIMAL", StringComparison.Ordinal));

        await Of(world).RunAsync(Stop);

        Assert.Equal(0, Completions(await world.EntriesAsync()));
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image, Stop));
    }

    [Fact]
    public async Task What_a_key_signed_that_was_retired_since_is_not_published()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var (image, _) = await InterruptAsync(simulator, world);
        world.Policies = Retired(world.Policies!);

        await Of(world).RunAsync(Stop);

        Assert.Equal(0, Completions(await world.EntriesAsync()));
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image, Stop));
    }

    private static Policy.PolicySet Retired(Policy.PolicySet policies)
    {
        var loaded = Policy.PolicyLoader.Load(
        [
            new Policy.PolicyFile("attestor.yaml", System.Text.Encoding.UTF8.GetBytes(
                """
                {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"release"},"spec":{"purpose":"approval","members":[
                  {"key":"file:approval.key","state":"retired"},{"key":"file:next.key","state":"signing"}]}}
                """)),
            new Policy.PolicyFile("signing.yaml", System.Text.Encoding.UTF8.GetBytes(
                World.SigningPolicyText.Replace(World.Host, policies.SigningPolicies[0].Subjects[0].ToString().Split('/')[0], StringComparison.Ordinal))),
        ]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var resolved = loaded.Set.WithResolvedKeys(new Dictionary<string, Sigstore.PublicKey>(StringComparer.Ordinal)
        {
            ["file:approval.key"] = policies.Keys[0], ["file:next.key"] = new MemoryKey().PublicKey,
        });
        Assert.True(resolved.IsUsable, string.Join('\n', resolved.Problems));
        Assert.Equal(policies.SigningPolicies[0].Revision, resolved.Set.SigningPolicies[0].Revision);
        return resolved.Set;
    }

    [Fact]
    public async Task A_request_without_a_signed_approval_waits_for_the_same_request()
    {
        await using var world = await World.CreateAsync(wrap: key => new BrokenKey(key, _ => []));
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));

        await Of(world).RunAsync(Stop);

        Assert.Equal(0, Completions(await world.EntriesAsync()));
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop));
    }

    // A registry that takes no manifest: everything is signed and recorded, and nothing stored.
    private static async Task<(Digest Image, AttestationRequest Request)> InterruptAsync(RegistrySimulator simulator, World world)
    {
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));
        simulator.Mend();
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop));
        return (image.Digest, request);
    }

    private static Reconciliation Of(World world) => new(
        () => world.Policies, world.Registries, world.Ledger, world.Clock, NullLogger<Reconciliation>.Instance);

    private static int Completions(IReadOnlyList<LedgerEntry> entries) =>
        entries.Count(entry => entry.Kind is EntryKind.Completion);
}
