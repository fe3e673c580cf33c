// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using static SupplyChain.Attestor.Tests.Attestations;
using static SupplyChain.Attestor.Tests.Submitting;

namespace SupplyChain.Attestor.Tests;

/// <summary>SBOMs and statements that come with a request, from the request to what is signed.</summary>
public sealed class SubmittedDocumentTests
{
    [Fact]
    public async Task A_submitted_SBOM_gets_the_image_signed_and_is_on_record_as_the_requesters_word()
    {
        await using var world = await World.CreateAsync(Submitted);
        var image = await world.PushImageAsync();

        var decision = await DecideAsync(world, image, Sbom(SbomOf(image.Digest)));

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        var line = Assert.Single(decision.Evidence, line => line.Kind == "sbom");
        Assert.Equal(("submitted", "proven", true), (line.Source, line.Binding, line.Used));
        Assert.Equal(Digest.Compute(Encoding.UTF8.GetBytes(SbomOf(image.Digest))), line.Digest);
        Assert.DoesNotContain(line.Digest, await InputsOfAsync(world, image));
        var recorded = Assert.Single(await world.Ledger.Reader.FindDecisionsAsync(new() { Image = image.Digest }, CancellationToken.None)).Read();
        Assert.Equal(line, Assert.Single(recorded.Evidence, evidence => evidence.Kind == "sbom"));
    }

    [Fact]
    public async Task Requests_with_other_documents_are_other_requests()
    {
        await using var world = await World.CreateAsync(Submitted);
        var image = await world.PushImageAsync();
        var statement = Statement(SbomType, SbomOf(image.Digest), image.Digest);

        var first = await DecideAsync(world, image, Sbom(statement));
        var again = await DecideAsync(world, image, Sbom(statement), Sbom(statement));
        var other = await DecideAsync(world, image, Sbom(statement), Sbom(SbomOf(image.Digest)));
        var elsewhere = await DecideAsync(world, image, new SubmittedPart(DocumentKind.Attestation, SampleReport.Raw(statement)));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(3, new[] { first.Id, other.Id, elsewhere.Id }.Distinct().Count());
        var answer = await AskAsync(world, image, "key", Sbom(statement));
        Assert.IsType<AttestationAnswer.Decided>(answer);
        var conflict = Assert.IsType<AttestationAnswer.Rejected>(await AskAsync(world, image, "key", Sbom(SbomOf(image.Digest))));
        Assert.Equal(ReasonCode.IdempotencyConflict, conflict.Reason);
    }

    [Fact]
    public async Task A_signed_one_counts_as_attested_and_is_no_input_that_could_be_found_beside_the_image()
    {
        var ci = new MemoryKey();
        await using var world = await CreateAsync(Attested, ci);
        var image = await world.PushImageAsync();
        var envelope = await SealAsync(ci, Statement(SbomType, SbomOf(image.Digest), image.Digest));

        var decision = await DecideAsync(world, image, Sbom(envelope));

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        var line = Assert.Single(decision.Evidence, line => line.Kind == "attestation");
        Assert.Equal(("ci", "attested", true), (line.Producer, line.Source, line.Used));
        Assert.Equal(ci.PublicKey.Id, line.SignedBy);
        Assert.DoesNotContain(line.Digest, await InputsOfAsync(world, image));
    }

    [Fact]
    public async Task A_signed_scan_in_an_attestation_counts_as_one_beside_the_image_does()
    {
        var scans = new MemoryKey();
        await using var world = await World.CreateAsync();
        world.Load(
            World.SigningPolicyText.Replace("source: submitted, binding: proven", "source: attested, signedBy: [scans]", StringComparison.Ordinal), ("scans", [scans]));
        var image = await world.PushImageAsync();
        var report = SampleReport.Json(image.Config!.Digest, world.Clock.GetUtcNow()).ToJsonString();
        var scan = Statement(PredicateTypes.VulnerabilityScan, $$"""{ "scanner": { "uri": "trivy", "result": {{report}} }, "metadata": { } }""", image.Digest);

        async ValueTask<Decision> SendAsync(MemoryKey key) => Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(
            world.Request(image.Digest) with { Documents = [new(DocumentKind.Attestation, SampleReport.Raw(await SealAsync(key, scan)))] },
            CancellationToken.None)).Decision;

        Assert.Contains((await SendAsync(new MemoryKey())).Checks, check => check.Reason == ReasonCode.DocumentSignatureInvalid);
        var decision = await SendAsync(scans);
        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "nothing", "SBOM_MISSING" }, { "an SBOM that nobody signed", "DOCUMENT_UNVOUCHED" }, { "a stranger's", "DOCUMENT_SIGNATURE_INVALID" },
        { "one changed after it was signed", "DOCUMENT_SIGNATURE_INVALID" }, { "one of another image", "DOCUMENT_SUBJECT_MISMATCH" },
        { "one too large", "DOCUMENT_LIMIT" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Nothing_is_signed_for(string because, string reason)
    {
        var ci = new MemoryKey();
        await using var world = await CreateAsync(Attested, ci);
        var image = await world.PushImageAsync();
        var statement = Statement(SbomType, SbomOf(image.Digest), image.Digest);
        SubmittedPart[] sent = because switch
        {
            "an SBOM that nobody signed" => [Sbom(statement)],
            "a stranger's" => [Sbom(await SealAsync(new MemoryKey(), statement))],
            "one changed after it was signed" => [Sbom(Tamper(await SealAsync(ci, statement)))],
            "one of another image" => [Sbom(await SealAsync(ci, Statement(SbomType, SbomOf(image.Config!.Digest), image.Config.Digest)))],
            "one too large" => [new(DocumentKind.Sbom, new Huge())],
            _ => [],
        };

        var decision = await DecideAsync(world, image, sent);

        var check = Assert.Single(decision.Checks, check => check.Reason?.Name == reason);
        Assert.Equal(Verdict.Fail, check.Verdict);
        Assert.NotNull(check.Expected ?? check.Message);
        Assert.Equal(Outcome.Refused, decision.Outcome);
        Assert.Equal(0, world.Key.Calls);
    }

    [Theory]
    [InlineData("a stranger's", "DOCUMENT_SIGNATURE_INVALID")]
    [InlineData("one of another image", "DOCUMENT_SUBJECT_MISMATCH")]
    [InlineData("one that names no image", "DOCUMENT_UNBOUND")]
    public async Task Nor_where_the_requesters_word_is_enough_for(string because, string reason)
    {
        await using var world = await World.CreateAsync(Submitted);
        var image = await world.PushImageAsync();
        var sent = because switch
        {
            "a stranger's" => await SealAsync(new MemoryKey(), Statement(SbomType, SbomOf(image.Digest), image.Digest)),
            "one of another image" => SbomOf(Digest.Compute("other"u8)),
            _ => """{ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{ "name": "a" }] }""",
        };

        var decision = await DecideAsync(world, image, Sbom(sent), Sbom(SbomOf(image.Digest)));

        Assert.Contains(decision.Checks, check => check.Verdict == Verdict.Fail && check.Reason?.Name == reason);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task What_was_sent_is_replayed_and_a_policy_that_takes_it_decides_otherwise()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        await DecideAsync(world, image, Sbom(SbomOf(image.Digest, "log4j")));

        var same = Assert.Single(await SimulateAsync(world, World.SigningPolicyText));
        Assert.Null(same.Problem);
        Assert.False(same.Flips);
        var flipped = Assert.Single(await SimulateAsync(world, Submitted));
        Assert.Equal(ReasonCode.PackageDenied, Assert.Single(flipped.Deciding).Reason);
    }

    private static async ValueTask<List<ReplayedDecision>> SimulateAsync(World world, string policy)
    {
        var changed = PolicyLoader.Load([new PolicyFile("signing.yaml", Encoding.UTF8.GetBytes(policy)), Release]);
        Assert.True(changed.IsUsable, string.Join('\n', changed.Problems));
        var replayed = new List<ReplayedDecision>();
        await foreach (var decision in new PolicySimulation(world.Ledger.Reader, changed.Set).RunAsync(since: default, CancellationToken.None))
            replayed.Add(decision);
        return replayed;
    }

    private static async ValueTask<World> CreateAsync(string policy, MemoryKey ci)
    {
        var world = await World.CreateAsync();
        world.Load(policy, ("ci", [ci]));
        return world;
    }

    private static string Tamper(string envelope)
    {
        var root = JsonNode.Parse(envelope)!;
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String(root["payload"]!.GetValue<string>()));
        root["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload.Replace("openssl", "opensst", StringComparison.Ordinal)));
        return root.ToJsonString();
    }

    /// <summary>Says that it is larger than what is read, and must not be opened to find out.</summary>
    private sealed class Huge : ISubmittedReport
    {
        public string Name => "huge.json";

        public long Size => Limits.DocumentBytes + 1L;

        public Stream Open() => throw new InvalidOperationException("It is too large to be read.");
    }
}
