// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing.Registry;
using static SupplyChain.Attestor.Tests.Attestations;
using static SupplyChain.Attestor.Tests.Submitting;

namespace SupplyChain.Attestor.Tests;

/// <summary>What is written for an approved image, as its policy's <c>produce</c> says.</summary>
public sealed class ProducedArtifactTests
{
    [Fact]
    public async Task Used_SBOMs_are_attested_beside_the_image_where_the_policy_says_so()
    {
        await using var world = await World.CreateAsync(Produced(Submitted, "attestations: [vulnerabilities, sbom]"));
        var image = await world.PushImageAsync();

        var decision = await DecideAsync(world, image, Sbom(SbomOf(image.Digest)));

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        var sent = Assert.Single(decision.Evidence, line => line.Kind == "sbom").Digest;
        Assert.Single(decision.Artifacts, artifact => artifact.Purpose == "sbom-attestation:" + sent && artifact.Subject == image.Digest);
        var statement = Assert.Single(await StatementsOfAsync(world, image), statement => statement.PredicateType == SbomType);
        Assert.Equal(SbomOf(image.Digest).Trim(), Encoding.UTF8.GetString(statement.PredicateContent.Span).Trim());
        Assert.Contains(statement.Digest, await InputsOfAsync(world, image));
    }

    [Fact]
    public async Task An_SBOM_that_no_check_used_is_not_attested()
    {
        await using var world = await World.CreateAsync(Produced(World.SigningPolicyText, "attestations: [sbom]"));
        var image = await world.PushImageAsync();

        var decision = await DecideAsync(world, image, Sbom(SbomOf(image.Digest)));

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.False(Assert.Single(decision.Evidence, line => line.Kind == "sbom").Used);
        Assert.DoesNotContain(decision.Artifacts, artifact => artifact.Purpose.StartsWith("sbom-attestation:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_our_own_key_attests_of_it_never_makes_it_attested()
    {
        await using var world = await World.CreateAsync(Produced(Submitted, "attestations: [sbom]"));
        var image = await world.PushImageAsync();
        Assert.True((await DecideAsync(world, image, Sbom(SbomOf(image.Digest)))).IsPositive);

        var ci = new MemoryKey();
        world.Load(Attested, ("ci", [ci]));
        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Name == "parts" && check.Reason == ReasonCode.SbomMissing);
        Assert.DoesNotContain(decision.Evidence, line => line.Source == "attested");
        var named = PolicyLoader.Load([new PolicyFile("signing.yaml", Encoding.UTF8.GetBytes(Checked("signedBy: [release]"))), Release]);
        Assert.Contains(named.Problems, problem => problem.Message.Contains("release is for approval, which does not count here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_approval_the_signature_alone_is_written()
    {
        await using var world = await World.CreateAsync(Produced(World.SigningPolicyText, "vsa: false, attestations: []"));
        var image = await world.PushImageAsync();

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Equal(["signature", "tag-signature"], decision.Artifacts.Select(artifact => artifact.Purpose));
        Assert.Equal(decision.Id, (await DecideAsync(world, image)).Id);
    }

    [Fact]
    public async Task Of_an_index_each_platform_gets_the_attestation_of_its_own_SBOM()
    {
        await using var world = await World.CreateAsync(Produced(Submitted, "attestations: [sbom]"));
        var amd = await world.PushImageAsync("amd64");
        var arm = await world.PushImageAsync("arm64");
        var index = await world.PushIndexAsync((amd, "amd64"), (arm, "arm64"));
        var time = world.Clock.GetUtcNow();

        var answer = await world.Cycle().AttestAsync(
            world.Request(index.Digest, SampleReport.Of(amd.Config!.Digest, time), SampleReport.Of(arm.Config!.Digest, time)) with
            {
                Documents = [Sbom(SbomOf(amd.Digest)), Sbom(SbomOf(arm.Digest))],
            },
            CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        Assert.Equal(
            new[] { amd, arm }.Select(image => $"sbom-attestation:{Digest.Compute(Encoding.UTF8.GetBytes(SbomOf(image.Digest)))} {image.Digest}").Order(StringComparer.Ordinal),
            decision.Artifacts.Where(artifact => artifact.Purpose.StartsWith("sbom-attestation:", StringComparison.Ordinal))
                .Select(artifact => $"{artifact.Purpose} {artifact.Subject}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_an_approval_only_the_same_request_finishes_what_was_interrupted()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(5));
        world.Load(Produced(World.SigningPolicyText, "vsa: false").Replace(World.Host, simulator.Host, StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        simulator.Break("PUT", "*", new FaultEffect.Answer(Reply.Error(403, "DENIED")));
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, CancellationToken.None));
        var calls = world.Key.Calls;
        simulator.Mend();

        await world.Reconciliation().RunAsync(CancellationToken.None);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None));

        var answer = await world.Cycle().AttestAsync(request, CancellationToken.None);
        Assert.True(Assert.IsType<AttestationAnswer.Decided>(answer).Decision.IsPositive);
        Assert.NotEmpty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None));
        Assert.Equal(calls, world.Key.Calls);
    }
}
