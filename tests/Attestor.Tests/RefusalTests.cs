// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>Each way in which a report or a registry can be of no use: a reason of its own, nothing signed, one record.</summary>
public sealed class RefusalTests
{
    private const string Manifest = "/v2/demo/shop/manifests/*";
    private const string Blob = "/v2/demo/shop/blobs/*";

    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(5);

    private static readonly Digest Another = Digest.Compute("another image"u8);

    public static TheoryData<string, string> Reports => new()
    {
        { "of another image", "REPORT_SUBJECT_MISMATCH" },
        { "of no image", "REPORT_UNBOUND" },
        { "empty", "REPORT_EMPTY" },
        { "white space", "REPORT_EMPTY" },
        { "an empty object", "REPORT_EMPTY" },
        { "truncated", "REPORT_MALFORMED" },
        { "with a member twice", "REPORT_DUPLICATE_MEMBER" },
        { "200 levels deep", "REPORT_LIMIT" },
        { "of an unknown scanner", "REPORT_FORMAT" },
    };

    [Theory, MemberData(nameof(Reports))]
    public async Task A_report_that_is_of_no_use_is_refused_by_its_own_reason(string because, string reason)
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var good = SampleReport.Json(image.Config!.Digest, now).ToJsonString();
        var report = because switch
        {
            "of another image" => SampleReport.Of(Another, now),
            "of no image" => SampleReport.Of(config: null, now),
            "empty" => SampleReport.Raw(""),
            "white space" => SampleReport.Raw(" \n"),
            "an empty object" => SampleReport.Raw("{}"),
            "truncated" => SampleReport.Raw(good[..^20]),
            "with a member twice" => SampleReport.Raw(good[..^1] + ""","ArtifactName":"made-for-tests"}"""),
            "200 levels deep" => SampleReport.Raw(good[..^1] + ",\"Deep\":" + new string('[', 200) + new string(']', 200) + "}"),
            _ => SampleReport.Raw("""{"tool":"unheard-of","version":"1.0","issues":[]}"""),
        };

        await EnsureRefusedAsync(world, image.Digest, reason, because, report);
    }

    [Fact]
    public async Task A_report_of_a_scanner_that_the_policy_does_not_name_is_refused()
    {
        await using var world = await World.CreateAsync(
            World.SigningPolicyText.Replace("name: trivy", "name: grype", StringComparison.Ordinal));
        var image = await world.PushImageAsync();

        await EnsureRefusedAsync(
            world, image.Digest, "REPORT_SCANNER_NOT_ACCEPTED", "trivy where grype is accepted",
            SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_policy_that_only_observes_signs_nothing_that_fails()
    {
        await using var world = await World.CreateAsync(
            World.SigningPolicyText.Replace("mode: enforce", "mode: observe\n  until: 2999-01-01", StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(
            image.Config!.Digest, world.Clock.GetUtcNow(), findings: ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));

        var answer = await world.Cycle().AttestAsync(world.Request(image.Digest, report), CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.Equal((EnforcementMode.Observe, false), (decision.Mode, decision.IsPositive));
        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.FindingOverLimit);
        Assert.Equal(0, world.Key.Calls);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None));
    }

    [Fact]
    public async Task A_useless_report_beside_a_good_one_is_refused_too()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var good = SampleReport.Of(image.Config!.Digest, now);

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, good, SampleReport.Of(Another, now)), CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.ReportSubjectMismatch);
        Assert.False(decision.IsPositive);
        Assert.Equal(0, world.Key.Calls);
    }

    public static TheoryData<string, string> Registries => new()
    {
        { "lies about the digest", "DIGEST_MISMATCH" },
        { "serves another manifest that is well-formed", "DIGEST_MISMATCH" },
        { "changes the configuration", "DIGEST_MISMATCH" },
        { "hangs", "REGISTRY_UNAVAILABLE" },
        { "hangs in the middle", "REGISTRY_LIMIT" },
        { "sends an endless manifest", "REGISTRY_LIMIT" },
        { "sends an endless blob", "DIGEST_MISMATCH" },
        { "says 429", "REGISTRY_THROTTLED" },
        { "says 429 and when to come back", "REGISTRY_THROTTLED" },
        { "says 500", "REGISTRY_UNAVAILABLE" },
        { "says 403", "REGISTRY_DENIED" },
        { "lost the manifest", "IMAGE_NOT_FOUND" },
        { "lost the configuration", "BLOB_MISSING" },
    };

    [Theory, MemberData(nameof(Registries))]
    public async Task A_registry_that_does_wrong_gets_nothing_signed(string because, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(
            simulator, because.StartsWith("hangs", StringComparison.Ordinal) ? Impatient : Patient);
        var image = await world.PushImageAsync();
        var other = await world.PushImageAsync(content: "two");
        var store = simulator.In("demo/shop");
        switch (because)
        {
            case "lies about the digest":
                simulator.Break("GET", Manifest, FaultEffect.OtherBytes([.. image.Content.Span, (byte)' ']));
                break;
            case "serves another manifest that is well-formed":
                simulator.Break("GET", Manifest, FaultEffect.OtherBytes(other.Content.ToArray()));
                break;
            case "changes the configuration":
                simulator.Break("GET", Blob, FaultEffect.OtherBytes(new byte[image.Config!.Size]));
                break;
            case "hangs":
                simulator.Break("GET", Manifest, new FaultEffect.Hang());
                break;
            case "hangs in the middle":
                simulator.Break("GET", Manifest, new FaultEffect.Drip(TimeSpan.FromMinutes(1)));
                break;
            case "sends an endless manifest":
                simulator.Break("GET", Manifest, new FaultEffect.Endless(image.MediaType));
                break;
            case "sends an endless blob":
                simulator.Break("GET", Blob, new FaultEffect.Endless("application/octet-stream"));
                break;
            case "says 429":
                simulator.Break("GET", Manifest, FaultEffect.Status(429));
                break;
            case "says 429 and when to come back":
                simulator.Break("GET", Manifest, FaultEffect.Status(429, ("Retry-After", "3600")));
                break;
            case "says 500":
                simulator.Break("GET", Manifest, FaultEffect.Status(500));
                break;
            case "says 403":
                simulator.Break("GET", Manifest, FaultEffect.Status(403));
                break;
            case "lost the manifest":
                store.LoseManifest(image.Digest);
                break;
            default:
                store.LoseBlob(image.Config!.Digest);
                break;
        }

        simulator.ForgetRequests();
        await EnsureRefusedAsync(
            world, image.Digest, reason, because, () => simulator.Mend(),
            SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        Assert.Equal(0, simulator.Count("PUT", "*") + simulator.Count("POST", "*") + simulator.Count("DELETE", "*"));
    }

    [Fact]
    public async Task An_index_one_of_whose_images_is_lost_is_refused_as_a_whole()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, Patient);
        var amd64 = await world.PushImageAsync("amd64", "a");
        var arm64 = await world.PushImageAsync("arm64", "b");
        var index = await world.PushIndexAsync((amd64, "amd64"), (arm64, "arm64"));
        var now = world.Clock.GetUtcNow();
        simulator.In("demo/shop").LoseManifest(arm64.Digest);

        await EnsureRefusedAsync(
            world, index.Digest, "IMAGE_NOT_FOUND", "a child is lost",
            SampleReport.Of(amd64.Config!.Digest, now), SampleReport.Of(arm64.Config!.Digest, now));
    }

    [Fact]
    public async Task A_registry_that_is_not_configured_is_refused_before_anything_is_contacted()
    {
        await using var listed = await RegistrySimulator.StartAsync();
        await using var unlisted = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(listed, Patient);
        world.Load(World.SigningPolicyText.Replace(
            $"[{World.Host}/demo/**]", $"[\"{listed.Host}/demo/**\", \"{unlisted.Host}/demo/**\"]", StringComparison.Ordinal));
        var image = $"{unlisted.Host}/demo/shop@{Another}";

        var answer = await world.Cycle().AttestAsync(
            world.Request(Another, SampleReport.Of(Another, world.Clock.GetUtcNow())) with { Image = image }, CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.Equal(ReasonCode.RegistryNotAllowed, Assert.Single(decision.Checks).Reason);
        Assert.Equal(0, world.Key.Calls);
        Assert.Equal(EntryKind.Refusal, Assert.Single(await world.EntriesAsync()).Kind);
        Assert.Empty(unlisted.Requests);
        Assert.Empty(listed.Requests);
    }

    [Fact]
    public async Task A_tag_is_refused_before_anything_is_contacted()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, Patient);
        var image = await world.PushImageAsync();
        simulator.In("demo/shop").SetTag("1.0", image.Digest);
        simulator.ForgetRequests();

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())) with
            {
                Image = $"{world.Repository}:1.0",
            },
            CancellationToken.None);

        Assert.Equal(ReasonCode.TagNotAllowed, Assert.IsType<AttestationAnswer.Rejected>(answer).Reason);
        Assert.Equal(0, world.Key.Calls);
        Assert.Equal(EntryKind.Rejected, Assert.Single(await world.EntriesAsync()).Kind);
        Assert.Empty(simulator.Requests);
    }

    [Fact]
    public async Task A_registry_that_loses_what_it_stored_is_not_believed_and_the_same_request_finishes_later()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, Patient);
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        simulator.Break("GET", "/v2/demo/shop/referrers/*", FaultEffect.OtherBytes(
            Encoding.UTF8.GetBytes("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""")));

        var broken = Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, CancellationToken.None));
        var calls = world.Key.Calls;
        simulator.Mend();
        var finished = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, CancellationToken.None));

        Assert.Equal(ReasonCode.PublishConflict, broken.Reason);
        Assert.True(finished.Decision.IsPositive);
        Assert.Equal(calls, world.Key.Calls);
        Assert.Equal(3, (await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None)).Count);
        Assert.Single(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
    }

    private static Task EnsureRefusedAsync(
        World world, Digest image, string reason, string because, params SampleReport[] reports) =>
        EnsureRefusedAsync(world, image, reason, because, () => { }, reports);

    private static async Task EnsureRefusedAsync(
        World world, Digest image, string reason, string because, Action mend, params SampleReport[] reports)
    {
        var answer = await world.Cycle().AttestAsync(world.Request(image, reports), CancellationToken.None);
        mend();

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.False(decision.IsPositive, because);
        var worst = decision.Checks.MaxBy(check => check.Verdict)!;
        Assert.True(worst.Reason?.Name == reason, $"{because}: expected {reason}, found {worst.Reason?.Name}: {worst.Message}");
        Assert.Equal(0, world.Key.Calls);
        Assert.Equal(EntryKind.Refusal, Assert.Single(await world.EntriesAsync()).Kind);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image, CancellationToken.None));
    }
}
