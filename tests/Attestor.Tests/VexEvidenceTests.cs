// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using static SupplyChain.Attestor.Tests.Attestations;

namespace SupplyChain.Attestor.Tests;

/// <summary>VEX beside the image: whose counts, of which image, and what a decision and its approval say of it.</summary>
public sealed class VexEvidenceTests
{
    private const string Check = "no-serious-vulnerabilities";
    private const string CycloneDx = "https://cyclonedx.org/bom";

    private readonly MemoryKey _vendor = new();

    [Theory]
    [InlineData(PredicateTypes.OpenVex)]
    [InlineData(PredicateTypes.OpenVexV020)]
    public async Task A_trusted_statement_about_this_image_sets_a_finding_aside_and_is_named_in_the_approval(string type)
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        Assert.Contains(await RefusalsAsync(world, image), refusal => refusal.StartsWith("FINDING_OVER_LIMIT", StringComparison.Ordinal));

        var document = Document(world, image);
        await AttachAsync(world, _vendor, image, type, document);
        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Contains("; 1 set aside by VEX: CVE-2026-0001 not_affected (statement 0 of ", decision.Checks.Single(check => check.Name == Check).Message, StringComparison.Ordinal);
        var line = Assert.Single(decision.Evidence, line => line.Kind == "vex");
        Assert.Equal(("vendor", "attested", true), (line.Producer, line.Source, line.Used));
        Assert.StartsWith("document sha256:", line.Note, StringComparison.Ordinal);
        Assert.Contains(" by Example Security; CVE-2026-0001 not_affected ", line.Note, StringComparison.Ordinal);
        Assert.Contains(line.Digest, await InputsOfAsync(world, image));
    }

    /// <summary>What is wrong with the one statement there is, and what the decision says of it.</summary>
    public static TheoryData<string, string?> Wrong => new()
    {
        { "by a stranger", null },
        { "of another image", null },
        { "about another image", null },
        { "about another vulnerability", null },
        { "of another type", null },
        { "under investigation", "CVE-2026-0001 under_investigation (statement 0 of {time}) by vendor: that status sets nothing aside" },
        { "not listed", "CVE-2026-0001 fixed (statement 0 of {time}) by vendor: that status sets nothing aside" },
        { "too old", "by vendor: it is too old" },
        { "without time", "CVE-2026-0001 not_affected (statement 0 of no time) by vendor: it tells no time" },
        { "without a reason", "by vendor: it gives no reason" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Nothing_is_signed_over_a_finding_that_no_statement_sets_aside(string wrong, string? expected)
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        var other = await world.PushImageAsync(content: "other");
        var now = world.Clock.GetUtcNow();
        var document = wrong switch
        {
            "about another image" => Document(world, other),
            "about another vulnerability" => Document(world, image).Replace("CVE-2026-0001", "CVE-2026-0002", StringComparison.Ordinal),
            "under investigation" => Document(world, image, "under_investigation"),
            "not listed" => Document(world, image, "fixed"),
            "too old" => Document(world, image, time: now.AddDays(-31)),
            "without time" => Document(world, image).Replace("\"timestamp\"", "\"other\"", StringComparison.Ordinal),
            "without a reason" => Document(world, image).Replace("\"justification\"", "\"other\"", StringComparison.Ordinal),
            _ => Document(world, image),
        };
        var type = wrong is "of another type" ? "https://example.com/vex" : PredicateTypes.OpenVex;
        await AttachAsync(world, wrong is "by a stranger" ? new MemoryKey() : _vendor, image, type, document, about: wrong is "of another image" ? other : image);

        var refusals = await RefusalsAsync(world, image);

        var refusal = Assert.Single(refusals);
        Assert.StartsWith("FINDING_OVER_LIMIT: 1 fixable finding above LOW", refusal, StringComparison.Ordinal);
        if (expected is null)
            Assert.DoesNotContain("VEX", refusal, StringComparison.Ordinal);
        else
            Assert.EndsWith(expected.Replace("{time}", Show(now.AddDays(-1)), StringComparison.Ordinal), refusal, StringComparison.Ordinal);
        Assert.Equal(0, world.Key.Calls);
    }

    [Theory]
    [InlineData(-2, -1, false)]
    [InlineData(-1, -2, true)]
    public async Task Of_several_the_latest_wins_so_that_an_older_one_cannot_be_replayed(int notAffected, int affected, bool isSigned)
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, Document(world, image, "affected", now.AddDays(affected)));
        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, Document(world, image, "not_affected", now.AddDays(notAffected)));

        var decision = await DecideAsync(world, image);

        Assert.Equal(isSigned, decision.IsPositive);
        Assert.Equal(2, decision.Evidence.Count(line => line.Kind == "vex"));
        if (!isSigned)
        {
            Assert.EndsWith(
                $"not set aside by VEX: CVE-2026-0001 affected (statement 0 of {Show(now.AddDays(affected))}) by vendor: that status sets nothing aside",
                decision.Checks.Single(check => check.Reason == ReasonCode.FindingOverLimit).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A predicate that is no OpenVEX, and why.</summary>
    public static TheoryData<string, string> Unreadable => new()
    {
        { "[]", "VEX_MALFORMED: it cannot be read: it is no JSON object" },
        { """{ "bomFormat": "CycloneDX", "specVersion": "1.6" }""", "VEX_MALFORMED: it cannot be read: it is of another format than https://openvex.dev/ns is registered for" },
        { """{ "@context": "https://openvex.dev/ns/v9", "statements": [] }""", "VEX_MALFORMED: it cannot be read: its @context 'https://openvex.dev/ns/v9' is not one of " },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public async Task A_document_that_cannot_be_read_is_named_and_neither_helps_nor_harms(string predicate, string expected)
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, predicate);

        var refused = await DecideAsync(world, image);
        Assert.Equal([ReasonCode.FindingOverLimit], refused.Checks.Where(check => check.Verdict != Verdict.Pass).Select(check => check.Reason));
        Assert.StartsWith(expected, Assert.Single(refused.Evidence, line => line.Kind == "vex").Note, StringComparison.Ordinal);

        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, Document(world, image));
        Assert.True((await DecideAsync(world, image)).IsPositive);
    }

    [Fact]
    public async Task CycloneDX_counts_only_where_the_policy_takes_it()
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        await AttachAsync(world, _vendor, image, CycloneDx, $$"""
            { "bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": { "timestamp": "{{Show(world.Clock.GetUtcNow().AddDays(-1))}}",
                "component": { "bom-ref": "image", "type": "container", "name": "shop", "purl": "{{Product(image)}}" } },
              "vulnerabilities": [{ "id": "CVE-2026-0001", "analysis": { "state": "not_affected", "justification": "code_not_present" },
                                    "affects": [{ "ref": "image" }] }] }
            """);

        Assert.DoesNotContain((await DecideAsync(world, image)).Evidence, line => line.Kind == "vex");
        Load(world, $"predicateTypes: [\"{CycloneDx}\"], ");
        Assert.True((await DecideAsync(world, image)).IsPositive);
    }

    [Theory]
    [InlineData("index", true)]
    [InlineData("amd64", true)]
    [InlineData("arm64", false)]
    public async Task Of_an_index_it_counts_for_the_platforms_that_it_was_attested_of(string attestedOf, bool isSigned)
    {
        await using var world = await CreateAsync();
        var (amd64, arm64) = (await world.PushImageAsync("amd64"), await world.PushImageAsync("arm64"));
        var index = await world.PushIndexAsync((amd64, "amd64"), (arm64, "arm64"));
        var about = attestedOf switch { "index" => index, "amd64" => amd64, _ => arm64 };
        await AttachAsync(world, _vendor, about, PredicateTypes.OpenVex, Document(world, index));

        var now = world.Clock.GetUtcNow();
        var answer = await world.Cycle().AttestAsync(
            world.Request(
                index.Digest,
                SampleReport.Of(amd64.Config!.Digest, now, "trivy", ("CVE-2026-0001", "CRITICAL", "3.3.2-r0")),
                SampleReport.Of(arm64.Config!.Digest, now)),
            CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.True(isSigned == decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Equal(isSigned, Assert.Single(decision.Evidence, line => line.Kind == "vex").Used);
    }

    [Fact]
    public async Task One_that_comes_with_the_request_sets_nothing_aside_for_whoever_sends_it_could_leave_out_a_newer_one()
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        var document = Document(world, image);
        var sealedVex = await Submitting.SealAsync(_vendor, Submitting.Statement(PredicateTypes.OpenVex, document, image.Digest));
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow(), "trivy", ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, report) with { Documents = [new SubmittedPart(DocumentKind.Attestation, SampleReport.Raw(sealedVex))] },
            CancellationToken.None);

        var refused = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.Equal([ReasonCode.FindingOverLimit], refused.Checks.Where(check => check.Verdict != Verdict.Pass).Select(check => check.Reason));
        Assert.DoesNotContain(refused.Evidence, line => line.Kind == "vex");
        Assert.Equal(0, world.Key.Calls);
        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, document);
        Assert.True((await DecideAsync(world, image)).IsPositive);
    }

    [Fact]
    public async Task Without_rules_nothing_beside_the_image_is_looked_at()
    {
        await using var world = await CreateAsync();
        world.Load(World.SigningPolicyText, ("vendor", [_vendor]));
        var image = await world.PushImageAsync();
        await AttachAsync(world, _vendor, image, PredicateTypes.OpenVex, Document(world, image));

        Assert.DoesNotContain((await DecideAsync(world, image)).Evidence, line => line.Kind == "vex");
    }

    private async ValueTask<World> CreateAsync()
    {
        var world = await World.CreateAsync();
        Load(world, "");
        return world;
    }

    private void Load(World world, string more) => world.Load(
        World.SigningPolicyText.Replace(
            "    platforms: all\n",
            $$"""
                platforms: all
                vex: [{ signedBy: [vendor], {{more}}products: ["pkg:oci/shop"], statuses: [not_affected], maximumAge: 30d }]

            """, StringComparison.Ordinal),
        ("vendor", [_vendor]));

    private static string Product(Manifest image) => $"pkg:oci/shop@{Uri.EscapeDataString(image.Digest.ToString())}";

    private static string Document(World world, Manifest image, string status = "not_affected", DateTimeOffset? time = null) =>
        $$"""
        { "@context": "https://openvex.dev/ns/v0.2.0", "author": "Example Security", "timestamp": "{{Show(time ?? world.Clock.GetUtcNow().AddDays(-1))}}",
          "statements": [{ "vulnerability": { "name": "CVE-2026-0001" }, "products": [{ "@id": "{{Product(image)}}" }],
                           "status": "{{status}}", "justification": "vulnerable_code_not_present" }] }
        """;

    private static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static async ValueTask<Decision> DecideAsync(World world, Manifest image)
    {
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow(), "trivy", ("CVE-2026-0001", "CRITICAL", "3.3.2-r0"));
        var answer = await world.Cycle().AttestAsync(world.Request(image.Digest, report), CancellationToken.None);
        return Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
    }

    private static async ValueTask<IReadOnlyList<string>> RefusalsAsync(World world, Manifest image) =>
    [
        .. (await DecideAsync(world, image)).Checks.Where(check => check.Verdict != Verdict.Pass)
            .Select(check => $"{check.Reason}: {check.Message}"),
    ];
}
