// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Tests;

/// <summary>What was decided is decided again on its record, and otherwise by another policy.</summary>
public sealed class SimulationTests
{
    private static readonly string Stricter = World.SigningPolicyText.Replace(
        "maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM", "maximumFixableSeverity: BLOCK_ALL, maximumUnfixableSeverity: LOW",
        StringComparison.Ordinal);

    private static readonly string Milder = World.SigningPolicyText.Replace(
        "maximumFixableSeverity: LOW", "maximumFixableSeverity: CRITICAL", StringComparison.Ordinal);

    [Fact]
    public async Task A_policy_that_was_not_changed_flips_nothing()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var replayed = await RunAsync(world, World.SigningPolicyText);

        Assert.All(replayed, decision => Assert.Null(decision.Problem));
        Assert.Equal([Outcome.Approved, Outcome.Refused], replayed.Select(decision => decision.Decision.Outcome));
        Assert.DoesNotContain(replayed, decision => decision.Flips);
        Assert.All(replayed, decision => Assert.Equal(
            decision.Decision.Checks.Select(check => $"{check.Name} {check.Verdict} {check.Message}"),
            decision.Checks!.Select(check => $"{check.Name} {check.Verdict} {check.Message}")));
    }

    [Fact]
    public async Task A_stricter_policy_refuses_what_was_approved_and_names_the_check()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var flipped = Assert.Single(await RunAsync(world, Stricter), decision => decision.Flips);

        Assert.Equal((Outcome.Approved, (Outcome?)Outcome.Refused), (flipped.Decision.Outcome, flipped.Outcome));
        var check = Assert.Single(flipped.Deciding);
        Assert.Equal(("no-serious-vulnerabilities", ReasonCode.FindingOverLimit), (check.Name, check.Reason!));
    }

    [Fact]
    public async Task A_milder_policy_approves_what_was_refused_and_names_the_check_that_refused()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var flipped = Assert.Single(await RunAsync(world, Milder), decision => decision.Flips);

        Assert.Equal((Outcome.Refused, (Outcome?)Outcome.Approved), (flipped.Decision.Outcome, flipped.Outcome));
        Assert.Equal("no-serious-vulnerabilities", Assert.Single(flipped.Deciding).Name);
    }

    [Fact]
    public async Task An_image_that_could_not_be_had_left_nothing_to_replay()
    {
        await using var world = await World.CreateAsync();
        await world.Cycle().AttestAsync(world.Request(Digest.Compute("absent"u8)), CancellationToken.None);

        var replayed = Assert.Single(await RunAsync(world, Stricter));

        Assert.Contains("not on record", replayed.Problem, StringComparison.Ordinal);
        Assert.Null(replayed.Outcome);
    }

    public static TheoryData<string, string, string, string> Unasked => new()
    {
        { "another name", "name: shop", "name: other", "none of the changed policies is called shop" },
        { "other images", "registry.local/demo/**", "registry.local/other/**", "the changed policy is not for registry.local/demo/shop" },
        {
            "a check of an attestation", "  produce:",
            "    - { name: built, provenance: { signedBy: [ci], builders: [\"https://ci.example.com\"], sources: [example.com/shop] } }\n  produce:",
            "built asks for"
        },
        {
            "a base image", "  produce:",
            "    - { name: based, baseImage: { approved: [\"registry.local/base/debian@sha256:3a8612d2d7bca57b2faaca8f32dd78eeafcbae3672a361c698ce9ef7c1dd9944\"] } }\n  produce:",
            "the base image"
        },
        { "a signed scan", "source: submitted", "source: attested, signedBy: [ci]", "attested by other signers" },
        {
            "VEX", "platforms: all",
            "vex: [{ signedBy: [ci], products: [\"pkg:oci/shop\"], statuses: [not_affected], maximumAge: 90d }]", "VEX of other signers"
        },
    };

    [Theory, MemberData(nameof(Unasked), DisableDiscoveryEnumeration = true)]
    public async Task What_nobody_looked_for_then_is_not_taken_for_absent(string because, string from, string to, string problem)
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var replayed = await RunAsync(world, World.SigningPolicyText.Replace(from, to, StringComparison.Ordinal));

        Assert.All(replayed, decision => Assert.True(decision.Problem?.Contains(problem, StringComparison.Ordinal), $"{because}: {decision.Problem}"));
        Assert.DoesNotContain(replayed, decision => decision.Flips);
    }

    [Fact]
    public async Task Only_decisions_since_the_time_are_replayed()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);
        world.Clock.Advance(TimeSpan.FromHours(1));
        var since = world.Clock.GetUtcNow();
        var image = await world.PushImageAsync(content: "later");
        await AttestAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, since));

        var replayed = Assert.Single(await RunAsync(world, Stricter, since));

        Assert.Equal(image.Digest, replayed.Decision.Subject.Digest);
    }

    [Fact]
    public async Task A_posted_report_of_a_scanner_that_no_policy_lists_is_refused()
    {
        await using var world = await World.CreateAsync(World.SigningPolicyText.Replace(
            "scanners: [{ name: trivy", "posters: [{ issuer: \"urn:supplychain:local\", claims: { sub: ci } }]\n    scanners: [{ name: grype",
            StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        using var evidence = new StandingEvidence(
            () => world.Policies, world.Registries, world.Ledger, world.Clock, NullLogger<StandingEvidence>.Instance);
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));

        var answer = await evidence.PostAsync(
            new EvidencePost { Poster = request.Requester, Image = request.Image, Reports = request.Reports }, CancellationToken.None);

        var no = Assert.IsType<EvidenceAnswer.Rejected>(answer);
        Assert.Equal(ReasonCode.ReportScannerNotAccepted, no.Reason);
        Assert.EndsWith("expected grype, found trivy", no.Message, StringComparison.Ordinal);
    }

    private static async Task DecideAsync(World world)
    {
        var clean = await world.PushImageAsync(content: "clean");
        await AttestAsync(world, clean.Digest, SampleReport.Of(
            clean.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0002", "LOW", "3.3.2-r0")));
        var bad = await world.PushImageAsync(content: "bad");
        await AttestAsync(world, bad.Digest, SampleReport.Of(
            bad.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0")));
    }

    private static async Task AttestAsync(World world, Digest image, SampleReport report) =>
        Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(world.Request(image, report), CancellationToken.None));

    private static async Task<List<ReplayedDecision>> RunAsync(World world, string policy, DateTimeOffset since = default)
    {
        var signer = new MemoryKey();
        var loaded = PolicyLoader.Load(
        [
            new PolicyFile("changed.yaml", Encoding.UTF8.GetBytes(policy)),
            new PolicyFile("release.json", """
                {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"release"},
                 "spec":{"purpose":"approval","members":[{"key":"file:approval.key"}]}}
                """u8.ToArray()),
            new PolicyFile("ci.json", Encoding.UTF8.GetBytes(
                $$$"""{"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"ci"},"spec":{"purpose":"evidence","members":[{{{signer.Member}}}]}}""")),
        ]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var replayed = new List<ReplayedDecision>();
        await foreach (var decision in new PolicySimulation(world.Ledger.Reader, loaded.Set).RunAsync(since, CancellationToken.None))
            replayed.Add(decision);
        return replayed;
    }
}
