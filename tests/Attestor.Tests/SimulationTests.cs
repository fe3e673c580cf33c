// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
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

    [Fact]
    public async Task What_the_policy_changed_under_left_nothing_to_replay_and_that_is_said()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var before = world.Policies;
        world.Load(Milder);
        var after = world.Policies;
        var asked = 0;
        var cycle = new SigningCycle(
            () => Interlocked.Increment(ref asked) == 1 ? before : after, world.Registries,
            new AttestorKeys((_, _, _) => ValueTask.FromResult<Kms.ISigningKey>(world.Key), world.Ledger, world.Clock), world.Ledger, world.Clock,
            NullLogger<SigningCycle>.Instance);
        await cycle.AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None);

        var replayed = Assert.Single(await RunAsync(world, Stricter));

        Assert.Contains(replayed.Decision.Checks, check => check.Reason == ReasonCode.PolicyChanged);
        Assert.Contains("is not on record", replayed.Problem, StringComparison.Ordinal);
        Assert.Contains("the policy changed meanwhile (POLICY_CHANGED)", replayed.Problem, StringComparison.Ordinal);
        Assert.Null(replayed.Outcome);
    }

    [Fact]
    public async Task Vex_of_a_type_that_nobody_looked_for_then_is_not_taken_for_absent()
    {
        var believing = World.SigningPolicyText.Replace(
            "platforms: all",
            "platforms: all\n    vex: [{ signedBy: [ci], products: [\"pkg:oci/shop\"], statuses: [not_affected], maximumAge: 90d }]",
            StringComparison.Ordinal);
        var other = believing.Replace(
            "signedBy: [ci],", "signedBy: [ci], predicateTypes: [\"https://cyclonedx.org/bom\"],", StringComparison.Ordinal);
        var ci = new MemoryKey();
        await using var world = await World.CreateAsync();
        world.Load(believing, ("ci", [ci]));
        await DecideAsync(world);

        var same = await RunAsync(world, believing, ci: ci);
        var replayed = await RunAsync(world, other, ci: ci);

        Assert.All(same, decision => Assert.Null(decision.Problem));
        Assert.Equal(2, replayed.Count);
        Assert.All(replayed, decision => Assert.Contains(
            "VEX that is attested as https://cyclonedx.org/bom counts, which nobody looked for then", decision.Problem, StringComparison.Ordinal));
        Assert.DoesNotContain(replayed, decision => decision.Flips);
    }

    [Fact]
    public async Task A_repository_that_no_changed_policy_is_for_is_refused_whatever_is_on_record()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);
        await world.Cycle().AttestAsync(world.Request(Digest.Compute("absent"u8)), CancellationToken.None);

        var replayed = await RunAsync(world, World.SigningPolicyText.Replace("registry.local/demo/**", "registry.local/other/**", StringComparison.Ordinal));

        Assert.Equal([true, false, false], replayed.Select(decision => decision.Flips));
        Assert.All(replayed, decision => Assert.Equal((null, Outcome.Refused), (decision.Problem, decision.Outcome!.Value)));
        var check = Assert.Single(replayed[0].Deciding);
        Assert.Equal(
            (Verdict.Fail, ReasonCode.NotAuthorised, "no changed policy covers registry.local/demo/shop"), (check.Verdict, check.Reason!, check.Message));
    }

    [Fact]
    public async Task A_repository_that_another_changed_policy_is_for_is_not_replayed()
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var replayed = await RunAsync(
            world, World.SigningPolicyText.Replace("registry.local/demo/**", "registry.local/other/**", StringComparison.Ordinal),
            beside: World.SigningPolicyText.Replace("name: shop", "name: other", StringComparison.Ordinal));

        Assert.Equal(2, replayed.Count);
        Assert.All(replayed, decision => Assert.Equal(
            "the changed policy is not for registry.local/demo/shop; registry.local/demo/shop is covered by other", decision.Problem));
        Assert.DoesNotContain(replayed, decision => decision.Flips);
    }

    [Theory]
    [InlineData("another", true, "claims: { sub: other }")]
    [InlineData("a claim more", true, "claims: { sub: ci, ref: main }")]
    [InlineData("another beside", true, "claims: { sub: ci } }\n    - { issuer: \"urn:supplychain:local\", claims: { sub: release }")]
    [InlineData("the same twice", false, "claims: { sub: ci } }\n    - { claims: { sub: ci }, issuer: \"urn:supplychain:local\"")]
    [InlineData("the same", false, "claims: { sub: ci }")]
    public async Task Who_may_ask_is_not_on_record_and_a_change_of_it_is_said(string because, bool changed, string claims)
    {
        await using var world = await World.CreateAsync();
        await DecideAsync(world);

        var replayed = await RunAsync(world, World.SigningPolicyText.Replace("claims: { sub: ci }", claims, StringComparison.Ordinal));

        Assert.Equal(2, replayed.Count);
        Assert.All(replayed, decision => Assert.True(decision.RequestersChanged == changed && decision.Problem is null, because + decision.Problem));
    }

    [Fact]
    public async Task Threat_data_that_was_asked_for_and_missing_then_is_missing_still()
    {
        var asking = World.SigningPolicyText.Replace(
            "unknownSeverity: CRITICAL", "unknownSeverity: CRITICAL, knownExploited: deny", StringComparison.Ordinal);
        await using var world = await World.CreateAsync(asking);
        await DecideAsync(world);

        var replayed = await RunAsync(world, asking);

        Assert.All(replayed, decision => Assert.Equal((null, false), (decision.Problem, decision.Flips)));
        Assert.All(replayed, decision => Assert.Contains(
            decision.Checks!, check => check.Message.Contains("known exploited vulnerabilities is not configured", StringComparison.Ordinal)));
        Assert.Contains(replayed, decision => decision.Checks!.Any(check => check.Reason == ReasonCode.ThreatDataMissing));
    }

    public static TheoryData<string, string, string, string> Unasked => new()
    {
        {
            "another name", "name: shop", "name: other",
            "none of the changed policies is called shop; registry.local/demo/shop is covered by other"
        },
        {
            "exploited ones", "unknownSeverity: CRITICAL", "unknownSeverity: CRITICAL, knownExploited: deny",
            "the catalogue of known exploited vulnerabilities is asked for, which nobody looked for then"
        },
        {
            "likely ones", "unknownSeverity: CRITICAL", "unknownSeverity: CRITICAL, epss: { maximum: 0.5 }",
            "the file of EPSS scores is asked for, which nobody looked for then"
        },
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

    public static TheoryData<string, Func<IReadOnlyList<RecordedPiece>, IReadOnlyList<RecordedPiece>>, string> Damages => new()
    {
        { "no root", _ => [new RecordedPiece("basis", "{}"u8.ToArray())], "not in the form that this product writes" },
        {
            "another version of the form", pieces => [Edit(pieces[0], "{\"version\":2,", "{\"version\":1,"), .. pieces.Skip(1)],
            "is in form 1; this version replays form 2"
        },
        { "no scan", pieces => [.. pieces.Where(piece => piece.Form != "scan")], "is not in the ledger" },
        { "no policy", pieces => [.. pieces.Where(piece => piece.Form != "policy")], "is not in the ledger" },
        {
            // Rewritten with every digest right, as only whoever writes the ledger could: it decides otherwise, and says so.
            "a finding made harmless",
            pieces =>
            {
                var scan = pieces.Single(piece => piece.Form == "scan");
                var harmless = Edit(scan, "\"severity\":\"Critical\"", "\"severity\":\"Low\"");
                return [Edit(pieces[0], scan.Digest.ToString(), harmless.Digest.ToString()), harmless, .. pieces.Where(piece => piece.Form == "policy")];
            },
            "its own policy decides otherwise now: no-serious-vulnerabilities was Fail, is Pass"
        },
        {
            "evidence that reads otherwise", pieces => [Edit(pieces[0], "\"binding\":\"Proven\"", "\"binding\":\"Asserted\""), .. pieces.Skip(1)],
            "its own policy decides otherwise now"
        },
    };

    [Theory, MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task What_is_damaged_or_of_another_version_is_not_replayed_and_told_why(
        string because, Func<IReadOnlyList<RecordedPiece>, IReadOnlyList<RecordedPiece>> damage, string problem)
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync(content: "bad");
        await AttestAsync(world, image.Digest, SampleReport.Of(
            image.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0")));
        var kept = Assert.Single(await world.Ledger.Reader.FindReplayableAsync(default, 0, CancellationToken.None));
        var pieces = damage(await PiecesAsync(world, kept.Basis!));
        await using var other = await World.CreateAsync();
        var content = new RequestContent(other.Repository, image.Digest, null, []);
        var begun = await other.Ledger.BeginAsync(
            RequestIdentity.ForContent(new DecisionRequester("urn:supplychain:local", "ci"), content, other.Policies!.SigningPolicies[0].Revision),
            CancellationToken.None);
        var lease = Assert.IsType<BeginResult.Started>(begun).Lease;
        await other.Ledger.RefuseAsync(
            lease, kept.Recorded.Read() with { Id = lease.Request },
            new DecisionBasis(pieces[0].Digest, [.. pieces.Select(piece => new LedgerDocument(piece.Form, piece.Content))]), CancellationToken.None);

        var replayed = Assert.Single(await RunAsync(other, Milder));

        Assert.True(replayed.Problem?.Contains(problem, StringComparison.Ordinal), $"{because}: {replayed.Problem}");
        Assert.False(replayed.Flips);
        Assert.Null(replayed.Outcome);
    }

    [Fact]
    public async Task More_decisions_than_a_page_come_in_the_order_of_the_ledger_however_often_they_are_replayed()
    {
        await using var world = await World.CreateAsync();
        for (var i = 0; i < 300; i++)
            await world.Cycle().AttestAsync(world.Request(Digest.Compute(Encoding.UTF8.GetBytes($"absent {i}"))), CancellationToken.None);

        var first = await RunAsync(world, Stricter);
        var again = await RunAsync(world, Stricter);

        Assert.Equal(300, first.Count);
        Assert.Equal(first.Select(decision => decision.Decision.Id), again.Select(decision => decision.Decision.Id));
        Assert.Equal((await world.EntriesAsync()).Select(entry => entry.Request), first.Select(decision => decision.Decision.Id));
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

    private static async Task<IReadOnlyList<RecordedPiece>> PiecesAsync(World world, Digest root)
    {
        var pieces = new List<RecordedPiece>();
        await foreach (var entry in world.Ledger.Reader.ShowAsync(new EntryFilter { Kinds = [EntryKind.Document] }, CancellationToken.None))
        {
            using var body = JsonDocument.Parse(entry.Body);
            var document = world.Ledger.Reader.FindDocument(Digest.Parse(body.RootElement.GetProperty("document").GetString()!))!;
            Assert.True(document.TryUnpack(out var content, out _));
            pieces.Insert(document.Digest == root ? 0 : pieces.Count, new RecordedPiece(document.Form, content));
        }

        return pieces;
    }

    private static RecordedPiece Edit(RecordedPiece piece, string from, string to)
    {
        var text = Encoding.UTF8.GetString(piece.Content.Span);
        Assert.Contains(from, text, StringComparison.Ordinal);
        return new RecordedPiece(piece.Form, Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
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

    private static async Task<List<ReplayedDecision>> RunAsync(
        World world, string policy, DateTimeOffset since = default, MemoryKey? ci = null, string? beside = null)
    {
        var signer = ci ?? new MemoryKey();
        var loaded = PolicyLoader.Load(
        [
            new PolicyFile("changed.yaml", Encoding.UTF8.GetBytes(policy)),
            .. beside is null ? Array.Empty<PolicyFile>() : [new PolicyFile("beside.yaml", Encoding.UTF8.GetBytes(beside))],
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
