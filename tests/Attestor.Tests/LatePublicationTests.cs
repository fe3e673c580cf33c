// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>Keys and policies that end after the first signature was made: nothing is stored from then on, the approval least of all.</summary>
public sealed class LatePublicationTests
{
    private const string Revoked = "\"state\":\"revoked\",\"revokedAt\":\"2026-11-20T00:00:00Z\"";

    private readonly MemoryKey _scanner = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ends => new()
    {
        { "the key that signs", "KEY_REVOKED" },
        { "the key that vouched", "KEY_REVOKED" },
        { "the policy", "POLICY_CHANGED" },
        { "all policies", "POLICY_CHANGED" },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task What_ends_while_the_key_signs_keeps_everything_from_being_stored(string ended, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        Action onSigned = () => { };
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5), key => new BrokenKey(key, signature =>
        {
            onSigned();
            return signature;
        }));
        var image = await PushAsync(world, simulator);
        var referrers = (await world.Registry.ListReferrersAsync(world.Repository, image, Stop)).Count;
        onSigned = () => world.Policies = After(world, simulator, ended);

        var answer = await world.Cycle().AttestAsync(world.Request(image), Stop);

        Assert.Equal(reason, Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason.Name);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
        Assert.Equal(referrers, (await world.Registry.ListReferrersAsync(world.Repository, image, Stop)).Count);
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task What_ends_while_the_rest_is_stored_keeps_the_approval_from_being_stored(string ended, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var image = await PushAsync(world, simulator);
        var (good, after) = (world.Policies, After(world, simulator, ended));
        simulator.ForgetRequests();

        var answer = await world.Cycle(() => HasStored(simulator) ? after : good).AttestAsync(world.Request(image), Stop);

        Assert.Equal(reason, Assert.IsType<AttestationAnswer.Interrupted>(answer).Reason.Name);
        Assert.True(HasStored(simulator));
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
        Assert.False(await HasApprovalAsync(world, image));
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task So_it_is_where_a_later_look_stores_what_an_earlier_process_signed(string ended, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        var image = await PushAsync(world, simulator);
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(world.Request(image), Stop));
        simulator.Mend();
        simulator.ForgetRequests();
        var (good, after) = (world.Policies, After(world, simulator, ended));

        await world.Reconciliation(() => HasStored(simulator) ? after : good).RunAsync(Stop);

        Assert.True(HasStored(simulator), reason);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
        Assert.False(await HasApprovalAsync(world, image));
    }

    private static bool HasStored(RegistrySimulator simulator) => simulator.Requests.Any(request =>
        request.Method is "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal));

    private async Task<Digest> PushAsync(World world, RegistrySimulator simulator)
    {
        world.Policies = Read(world, simulator, "", _scanner.Member);
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        return image.Digest;
    }

    private PolicySet? After(World world, RegistrySimulator simulator, string ended) => ended switch
    {
        "the key that signs" => Read(world, simulator, ", state: revoked, revokedAt: 2026-11-20", _scanner.Member),
        "the key that vouched" => Read(world, simulator, "", _scanner.MemberWith(Revoked)),
        "the policy" => Read(world, simulator, "", _scanner.Member, "maximumScanAge: 12h"),
        _ => null,
    };

    private static PolicySet Read(
        World world, RegistrySimulator simulator, string aboutKey, string scanner, string age = "maximumScanAge: 24h") => world.Read(
        World.SigningPolicyText.Replace(World.Host, simulator.Host, StringComparison.Ordinal)
            .Replace("maximumScanAge: 24h", age, StringComparison.Ordinal)
            .Replace("source: submitted, binding: proven", "source: attested, signedBy: [scanner]", StringComparison.Ordinal),
        aboutKey, ("scanner", scanner));

    private static async Task<bool> HasApprovalAsync(World world, Digest image)
    {
        foreach (var referrer in await world.Registry.ListReferrersAsync(world.Repository, image, Stop))
        {
            var manifest = await world.Registry.FetchManifestAsync(world.Repository, referrer.Digest, Stop);
            if (manifest!.Annotations.GetValueOrDefault("dev.sigstore.bundle.predicateType") == PredicateTypes.VerificationSummary)
                return true;
        }

        return false;
    }
}
