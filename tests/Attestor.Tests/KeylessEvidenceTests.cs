// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Evidence;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Attestations by identities, from beside the image or from the request to what is signed.</summary>
public sealed class KeylessEvidenceTests : IDisposable
{
    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private const string Identity = $$"""{"issuer":"https://token.actions.githubusercontent.com","subject":"{{LeafDraft.Workflow}}"}""";

    private const string Member = $$"""{"identity":{{Identity}},"trustRoot":"example"}""";

    private const string Pattern =
        """{"identity":{"issuer":"https://token.actions.githubusercontent.com","subjectPattern":"https://github\\.com/example/scanner/.*"},"trustRoot":"example"}""";

    private static readonly string NeedsTests = World.SigningPolicyText.Replace(
        "  produce:", $$"""    - { name: tested, predicate: { type: "{{TestResult}}", signedBy: [ci] } }""" + "\n  produce:", StringComparison.Ordinal);

    private readonly TrustWorld _sigstore = new(new ManualClock());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_in_a_bundle_beside_the_image_gets_it_signed_and_is_named_in_the_approval()
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        await AttachAsync(world, image, Attest(world, image));

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        var line = Assert.Single(decision.Evidence, line => line.Kind == "attestation");
        Assert.Equal(("ci", LeafDraft.Workflow, true), (line.Producer, line.Identity?.Subject, line.Used));
        Assert.Contains(line.Digest, await Attestations.InputsOfAsync(world, image));
        var recorded = Assert.Single(await world.Ledger.Reader.FindDecisionsAsync(new() { Image = image.Digest }, Stop)).Read();
        Assert.Equal(line, Assert.Single(recorded.Evidence, evidence => evidence.Kind == "attestation"));
    }

    [Fact]
    public async Task One_that_is_sent_gets_it_signed()
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();

        var decision = await DecideAsync(world, image, Attest(world, image));

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Equal(LeafDraft.Workflow, Assert.Single(decision.Evidence, line => line.Kind == "attestation").Identity?.Subject);
    }

    [Fact]
    public async Task One_of_somebody_else_gets_nothing_signed()
    {
        await using var world = await CreateAsync(Member.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        await AttachAsync(world, image, Attest(world, image));

        var beside = await DecideAsync(world, image);
        var sent = await DecideAsync(world, image, Attest(world, image));

        Assert.Contains(beside.Checks, check => check.Name == "tested" && check.Reason == ReasonCode.AttestationMissing);
        Assert.Contains(sent.Checks, check => check.Reason == ReasonCode.DocumentSignatureInvalid);
        Assert.Equal(0, world.Key.Calls);
    }

    [Theory]
    [InlineData("another artifact's", "the log entry is of another signature")]
    [InlineData("another root's", "nobody told when it was signed")]
    public async Task One_that_nothing_speaks_for_gets_nothing_signed(string proof, string words)
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        var bundle = JsonNode.Parse(Attest(world, image))!;
        using var stranger = new TrustWorld(new ManualClock(world.Clock.GetUtcNow()));
        var other = JsonNode.Parse(Attest(world, image, proof == "another root's" ? stranger : null))!;
        if (proof == "another root's")
            bundle = other;
        else
            bundle["verificationMaterial"]!["tlogEntries"] = other["verificationMaterial"]!["tlogEntries"]!.DeepClone();
        var content = Encoding.UTF8.GetBytes(bundle.ToJsonString());
        await AttachAsync(world, image, content);

        var missing = await DecideAsync(world, image);
        Assert.False(missing.IsPositive);
        var line = Assert.Single(missing.Evidence, line => line.Kind == "attestation");
        Assert.False(line.Used);
        Assert.Contains(words, line.Note, StringComparison.Ordinal);
        var refused = Assert.Single((await DecideAsync(world, image, content)).Checks, check => check.Reason == ReasonCode.DocumentSignatureInvalid);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task One_under_a_tag_is_nobodys()
    {
        // A promise and a timestamp are all that stands there; the timestamp alone would do.
        await using var world = await CreateAsync(Member.Replace("\"trustRoot\"", "\"transparencyLog\":\"none\",\"timestamp\":\"required\",\"trustRoot\"", StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        var signed = CosignAnnotations.OfStatement(_sigstore, Statement(world, image));
        await Attestations.StoreAsync(world, image, signed.Content, signed.Annotations);

        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Name == "tested" && check.Reason == ReasonCode.AttestationMissing);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task What_rests_on_an_identity_is_judged_again_once_its_attestor_or_trust_root_is_another()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        foreach (var change in new[] { "attestor", "trust root", "nothing" })
        {
            await using var world = await CreateAsync(simulator: simulator);
            var image = await world.PushImageAsync();
            await AttachAsync(world, image, Attest(world, image));
            await InterruptStoringAsync(simulator, world, image);

            using var stranger = new TrustWorld(new ManualClock(world.Clock.GetUtcNow()));
            if (change == "trust root")
                world.MoreDocuments = [TrustRoot(stranger)];
            world.Policies = world.Read(Of(simulator), "", ("ci", change == "attestor" ? Member.Replace("\"identity\"", "\"validFrom\":\"2026-01-01\",\"identity\"", StringComparison.Ordinal) : Member));
            await world.Reconciliation().RunAsync(Stop);

            var finished = (await world.EntriesAsync()).Any(entry => entry.Kind == EntryKind.Completion);
            Assert.True(finished == (change == "nothing"), change);
        }
    }

    [Fact]
    public async Task A_key_that_ends_counts_no_more_though_another_attestor_asks_for_what_speaks_for_it()
    {
        var key = new MemoryKey();
        await using var simulator = await RegistrySimulator.StartAsync();
        foreach (var ends in new[] { false, true })
        {
            await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
            var policy = Of(simulator).Replace("signedBy: [ci]", "signedBy: [ci, seen]", StringComparison.Ordinal);
            var seen = ("seen", key.MemberWith("\"trustRoot\":\"example\",\"transparencyLog\":\"required\""));
            world.MoreDocuments = [TrustRoot(_sigstore)];
            world.Policies = world.Read(policy, "", ("ci", key.Member), seen);
            var image = await world.PushImageAsync();
            await Attestations.AttachAsync(world, key, image, TestResult, """{ "result": "PASSED" }""");
            await InterruptStoringAsync(simulator, world, image);

            world.Policies = world.Read(policy, "", ("ci", ends ? key.MemberWith("\"state\":\"retired\"") : key.Member), seen);
            await world.Reconciliation().RunAsync(Stop);

            Assert.Equal(!ends, (await world.EntriesAsync()).Any(entry => entry.Kind == EntryKind.Completion));
        }
    }

    [Fact]
    public async Task What_was_judged_by_it_is_replayed()
    {
        await using var world = await CreateAsync();
        var image = await world.PushImageAsync();
        await AttachAsync(world, image, Attest(world, image));
        Assert.True((await DecideAsync(world, image)).IsPositive);

        var same = Assert.Single(await ReplayAsync(world, Member));
        var other = Assert.Single(await ReplayAsync(world, Member.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal)));

        Assert.Null(same.Problem);
        Assert.False(same.Flips);
        Assert.Contains("that nobody asked for then", other.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a stranger's bundle")]
    [InlineData("an attestor of another policy")]
    [InlineData("an attestor that revokes the identity")]
    public async Task What_was_judged_beside_more_is_replayed(string more)
    {
        await using var world = await CreateAsync();
        using var stranger = new TrustWorld(new ManualClock(world.Clock.GetUtcNow()));
        var image = await world.PushImageAsync();
        await AttachAsync(world, image, Attest(world, image));
        if (more == "a stranger's bundle")
            await AttachAsync(world, image, Attest(world, image, stranger));
        else
            world.MoreDocuments = [.. world.MoreDocuments, Another(revokes: more == "an attestor that revokes the identity")];
        world.Policies = world.Read(NeedsTests, "", ("ci", Pattern));
        Assert.Equal(more != "an attestor that revokes the identity", (await DecideAsync(world, image)).IsPositive);

        var same = Assert.Single(await ReplayAsync(world, Pattern));

        Assert.Null(same.Problem);
        Assert.False(same.Flips);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public async Task A_key_that_was_enough_by_itself_counts_no_longer_than_it_is_valid(int hours, bool isFinished)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await CreateAsync(simulator: simulator);
        var key = new MemoryKey();
        world.Policies = world.Read(
            Of(simulator).Replace("[ci]", "[ci, seen]", StringComparison.Ordinal), "",
            ("ci", key.MemberWith($"\"validUntil\":\"{world.Clock.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}\"")),
            ("seen", key.MemberWith("\"trustRoot\":\"example\",\"transparencyLog\":\"required\"")));
        var image = await world.PushImageAsync();
        await Attestations.AttachAsync(world, key, image, TestResult, """{ "result": "PASSED" }""");
        await InterruptStoringAsync(simulator, world, image);

        world.Clock.Advance(TimeSpan.FromHours(hours));
        await world.Reconciliation().RunAsync(Stop);

        Assert.Equal(isFinished, (await world.EntriesAsync()).Any(entry => entry.Kind == EntryKind.Completion));
    }

    public void Dispose() => _sigstore.Dispose();

    private static PolicyFile Another(bool revokes) => new("another.json", Encoding.UTF8.GetBytes($$$"""
        {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"another"},"spec":{"purpose":"evidence","members":[
         {{{(revokes
            ? Member[..^1] + ",\"state\":\"revoked\",\"revokedAt\":\"2020-01-01\"}"
            : Member.Replace("refs/heads/main", "refs/heads/other", StringComparison.Ordinal))}}}]}}
        """));

    private static async ValueTask<Decision> DecideAsync(World world, Manifest image, byte[]? sent = null) =>
        Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(Request(world, image, sent), Stop)).Decision;

    private static AttestationRequest Request(World world, Manifest image, byte[]? sent = null) => world.Request(
        image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())) with
    {
        IdempotencyKey = Guid.NewGuid().ToString(),
        Documents = sent is null ? [] : [new SubmittedPart(DocumentKind.Attestation, SampleReport.Raw(Encoding.UTF8.GetString(sent)))],
    };

    // A registry that takes no manifest: everything is signed and recorded, and nothing stored.
    private static async Task InterruptStoringAsync(RegistrySimulator simulator, World world, Manifest image)
    {
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(Request(world, image), Stop));
        simulator.Mend();
        Assert.Contains(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
    }

    private static async ValueTask AttachAsync(World world, Manifest image, byte[] bundle)
    {
        var layer = new Descriptor(Bundle.MediaTypeV03, Digest.Compute(bundle), bundle.Length);
        await world.Registry.PushBlobAsync(world.Repository, layer, bundle, Stop);
        await world.Registry.PushBlobAsync(world.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, Stop);
        await Referrers.AttachAsync(
            world.Registry, world.Repository, Manifest.WriteImage(Bundle.MediaTypeV03, Manifest.EmptyConfig, [layer], image.Descriptor), Stop);
    }

    private byte[] Attest(World world, Manifest image, TrustWorld? by = null) => Encoding.UTF8.GetBytes((by ?? _sigstore).Sign(
        Statement(world, image), (by ?? _sigstore).Rekor1).ToJsonString());

    private static byte[] Statement(World world, Manifest image) => StatementWriter.Write(
        [StatementSubject.Of(image.Digest, world.Repository)], TestResult, writer => JsonNode.Parse("""{ "result": "PASSED" }""")!.WriteTo(writer));

    private async Task<World> CreateAsync(string member = Member, RegistrySimulator? simulator = null)
    {
        var world = simulator is null ? await World.CreateAsync() : await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        world.MoreDocuments = [TrustRoot(_sigstore)];
        world.Policies = world.Read(simulator is null ? NeedsTests : Of(simulator), "", ("ci", member));
        return world;
    }

    private static string Of(RegistrySimulator simulator) => NeedsTests.Replace(World.Host, simulator.Host, StringComparison.Ordinal);

    private static PolicyFile TrustRoot(TrustWorld sigstore) => new("trust.json", Encoding.UTF8.GetBytes(new JsonObject
    {
        ["apiVersion"] = "supplychain/v1",
        ["kind"] = "TrustRoot",
        ["metadata"] = new JsonObject { ["name"] = "example" },
        ["spec"] = new JsonObject { ["trustedRoot"] = sigstore.Root().ToJsonString() },
    }.ToJsonString()));

    private static async Task<List<ReplayedDecision>> ReplayAsync(World world, string member)
    {
        var replayed = new List<ReplayedDecision>();
        await foreach (var decision in new PolicySimulation(world.Ledger.Reader, world.Read(NeedsTests, "", ("ci", member))).RunAsync(default, Stop))
            replayed.Add(decision);
        return replayed;
    }
}
