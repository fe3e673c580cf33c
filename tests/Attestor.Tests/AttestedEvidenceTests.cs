// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Signer;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Reports that scanners attested beside the image, and what whoever may push there can do about them.</summary>
public sealed class AttestedEvidenceTests
{
    private static readonly (string, string, string?) Critical = ("CVE-2026-0001", "CRITICAL", "3.3.2-r0");

    [Fact]
    public async Task A_report_by_a_trusted_scanner_counts_without_being_sent()
    {
        var (world, trivy, _) = await CreateAsync();
        await using var _w = world;
        var image = await world.PushImageAsync();
        await AttestAsync(world, trivy, image, SampleReport.Json(image.Config!.Digest, world.Clock.GetUtcNow()).ToJsonString());

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Equal("attested", Assert.Single(decision.Evidence).Source);
    }

    [Fact]
    public async Task A_newer_report_by_another_scanners_key_does_not_replace_the_trusted_one()
    {
        var (world, trivy, grype) = await CreateAsync();
        await using var _w = world;
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        await AttestAsync(world, trivy, image, SampleReport.Json(image.Config!.Digest, now.AddHours(-1), Critical).ToJsonString());
        await AttestAsync(world, grype, image, SampleReport.Json(image.Config!.Digest, now).ToJsonString());
        await AttestAsync(world, grype, image, Grype(image, now));

        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.FindingOverLimit);
        Assert.DoesNotContain(decision.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_newer_report_by_a_key_that_no_longer_counts_does_not_replace_the_trusted_one()
    {
        var ended = new MemoryKey(""","validUntil":"2020-01-01T00:00:00Z" """);
        var (world, trivy, grype) = await CreateAsync(ended);
        await using var _w = world;
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        await AttestAsync(world, trivy, image, SampleReport.Json(image.Config!.Digest, now.AddHours(-1), Critical).ToJsonString());
        await AttestAsync(world, ended, image, SampleReport.Json(image.Config!.Digest, now).ToJsonString());
        await AttestAsync(world, grype, image, Grype(image, now));

        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.FindingOverLimit);
        Assert.Equal(0, world.Key.Calls);
    }

    [Theory]
    [InlineData("of the same time")]
    [InlineData("of no told time")]
    public async Task A_report_that_is_no_older_is_not_replaced_by_a_nicer_one(string bad)
    {
        var (world, trivy, _) = await CreateAsync();
        await using var _w = world;
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var critical = SampleReport.Json(image.Config!.Digest, now, Critical);
        if (bad is "of no told time")
            critical.Remove("CreatedAt");
        await AttestAsync(world, trivy, image, critical.ToJsonString());

        // Several, so that none of them is the first by a digest, which depends on a signature.
        for (var i = 0; i < 6; i++)
        {
            var clean = SampleReport.Json(image.Config!.Digest, now);
            clean["ArtifactName"] = $"made-for-tests-{i}";
            await AttestAsync(world, trivy, image, clean.ToJsonString());
        }

        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.FindingOverLimit);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task More_attachments_than_are_verified_are_no_absence_of_reports()
    {
        var (world, trivy, _) = await CreateAsync([.. Enumerable.Range(0, 4).Select(_ => new MemoryKey())]);
        await using var _w = world;
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        await AttestAsync(world, trivy, image, SampleReport.Json(image.Config!.Digest, now, Critical).ToJsonString());
        await FloodAsync(world, image, (Limits.KeyTrials / 5) + 1);

        var decision = await DecideAsync(world, image, SampleReport.Raw(Grype(image, now)));

        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.TooManySignatures);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_bundle_by_a_stranger_is_in_nobodys_way()
    {
        var (world, trivy, _) = await CreateAsync();
        await using var _w = world;
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        await AttestAsync(world, trivy, image, SampleReport.Json(image.Config!.Digest, now).ToJsonString());
        await AttestAsync(world, new MemoryKey(), image, SampleReport.Json(image.Config!.Digest, now, Critical).ToJsonString());
        await FloodAsync(world, image, 1);

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
    }

    private static async ValueTask<(World World, MemoryKey Trivy, MemoryKey Grype)> CreateAsync(params MemoryKey[] more)
    {
        var world = await World.CreateAsync();
        var (trivy, grype) = (new MemoryKey(), new MemoryKey());
        world.Load(
            World.SigningPolicyText
                .Replace(
                    "[{ name: trivy, source: submitted, binding: proven }]",
                    "[{ name: trivy, source: attested, signedBy: [trivy-service] }, { name: grype, "
                    + (more.Length > 1 ? "source: submitted" : "source: attested, signedBy: [grype-service]") + " }]",
                    StringComparison.Ordinal)
                .Replace("combine: union", "combine: any", StringComparison.Ordinal),
            ("trivy-service", [trivy, .. more]), ("grype-service", [grype]));
        return (world, trivy, grype);
    }

    private static async ValueTask<Decision> DecideAsync(World world, Manifest image, params SampleReport[] reports)
    {
        var answer = await world.Cycle().AttestAsync(world.Request(image.Digest, reports), CancellationToken.None);
        return Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
    }

    private static async ValueTask AttestAsync(World world, MemoryKey key, Manifest image, string report)
    {
        var content = Encoding.UTF8.GetBytes(report);
        var scan = new VulnerabilityScan { ScannerUri = "made-for-tests", Result = content };
        var signed = await new ArtifactSigner(key).SignAsync(
            Drafts.OfScan(world.Repository, image.Descriptor, Digest.Compute(content), scan), CancellationToken.None);
        await new ArtifactStore(world.Registries).StoreAsync(
            world.Repository, signed, world.Clock.GetUtcNow(), CancellationToken.None);
    }

    private static async ValueTask FloodAsync(World world, Manifest image, int count)
    {
        var junk = "{}"u8.ToArray();
        var layer = new Descriptor(MediaTypes.SigstoreBundle, Digest.Compute(junk), junk.Length);
        await world.Registry.PushBlobAsync(world.Repository, layer, junk, CancellationToken.None);
        for (var i = 0; i < count; i++)
        {
            var referrer = Manifest.WriteImage(
                MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], image.Descriptor,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = i.ToString(CultureInfo.InvariantCulture) });
            await Referrers.AttachAsync(world.Registry, world.Repository, referrer, CancellationToken.None);
        }
    }

    private static string Grype(Manifest image, DateTimeOffset time) =>
        $$$"""
        {"matches":[],"source":{"type":"image","target":{"imageID":"{{{image.Config!.Digest}}}"}},
         "descriptor":{"name":"grype","version":"0.90.0","timestamp":"{{{time.ToString("O", CultureInfo.InvariantCulture)}}}"}}
        """;
}
