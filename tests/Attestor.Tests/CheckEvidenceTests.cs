// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;
using static SupplyChain.Attestor.Tests.Attestations;

namespace SupplyChain.Attestor.Tests;

/// <summary>Evidence for checks other than of vulnerabilities: attested beside the image, or read from the image itself.</summary>
public sealed class CheckEvidenceTests
{
    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private const string Passed = """{ "result": "PASSED" }""";

    private static readonly string NeedsTests = Checked(
        $$"""predicate: { type: "{{TestResult}}", signedBy: [ci], schema: { required: [result], properties: { result: { const: PASSED } } } }""");

    [Fact]
    public async Task An_attestation_by_a_signer_of_the_policy_is_fetched_judged_and_named_in_the_approval()
    {
        var ci = new MemoryKey();
        await using var world = await CreateAsync(NeedsTests, ci);
        var image = await world.PushImageAsync();
        await Attestations.AttachAsync(world, ci, image, TestResult, Passed);

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        var line = Assert.Single(decision.Evidence, line => line.Kind == "attestation");
        Assert.Equal(("ci", "attested", true), (line.Producer, line.Source, line.Used));
        Assert.Contains(line.Digest, await InputsOfAsync(world, image));
    }

    [Theory]
    [InlineData(false, Passed, "ATTESTATION_MISSING")]
    [InlineData(true, """{ "result": "FAILED" }""", "PREDICATE_MISMATCH")]
    public async Task One_by_anybody_else_or_of_other_content_gets_nothing_signed(bool isTrusted, string predicate, string reason)
    {
        var ci = new MemoryKey();
        await using var world = await CreateAsync(NeedsTests, ci);
        var image = await world.PushImageAsync();
        await Attestations.AttachAsync(world, isTrusted ? ci : new MemoryKey(), image, TestResult, predicate);

        var decision = await DecideAsync(world, image);

        Assert.Contains(decision.Checks, check => check.Name == "checked" && check.Verdict == Verdict.Fail && check.Reason?.Name == reason);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_broken_scan_by_a_signer_of_another_kind_is_in_nobodys_way()
    {
        var ci = new MemoryKey();
        await using var world = await CreateAsync(
            NeedsTests.Replace("{ name: trivy, source: submitted, binding: proven }", "{ name: trivy, source: submitted, binding: proven }, { name: grype, source: attested, signedBy: [scans] }", StringComparison.Ordinal)
                .Replace("combine: union", "combine: any", StringComparison.Ordinal),
            ci, new MemoryKey());
        var image = await world.PushImageAsync();
        await Attestations.AttachAsync(world, ci, image, TestResult, Passed);
        await Attestations.AttachAsync(world, ci, image, PredicateTypes.VulnerabilityScan, """{ "scanner": { "result": { "nonsense": true } } }""");

        var decision = await DecideAsync(world, image);

        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
    }

    [Fact]
    public async Task The_configuration_that_tells_the_platform_is_judged_without_another_request()
    {
        async ValueTask<(Decision, int)> AskAsync(string check)
        {
            await using var simulator = await RegistrySimulator.StartAsync();
            await using var world = await World.CreateAsync(simulator, TimeSpan.FromSeconds(10));
            world.Load(Checked(check).Replace(World.Host, simulator.Host, StringComparison.Ordinal));
            var image = await world.PushImageAsync();
            simulator.ForgetRequests();
            var decision = await DecideAsync(world, image, checkOnly: true);
            return (decision, simulator.Requests.Count);
        }

        var (refused, judged) = await AskAsync("imageConfig: { user: nonRoot }");
        var (_, plain) = await AskAsync("""trustedDirectory: { directories: ["registry.local"] }""");

        Assert.Contains(refused.Checks, check => check.Reason == ReasonCode.UserNotAllowed);
        Assert.Equal(plain, judged);
    }

    [Fact]
    public async Task A_base_image_is_fetched_by_digest_and_compared_by_its_layers()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync("amd64", "same");
        var onBase = await world.PushImageAsync("arm64", "same");
        var other = await world.PushImageAsync("amd64", "other");

        async ValueTask<Decision> AskAsync(Digest approved)
        {
            world.Load(Checked($"baseImage: {{ approved: [\"{world.Repository.At(approved)}\"] }}"));
            return await DecideAsync(world, image, checkOnly: true);
        }

        Assert.True((await AskAsync(onBase.Digest)).IsPositive);
        Assert.Contains((await AskAsync(other.Digest)).Checks, check => check.Reason == ReasonCode.BaseImageNotApproved);
        Assert.Contains((await AskAsync(Digest.Compute("gone"u8))).Checks, check => check.Name == "checked" && check.Reason == ReasonCode.ImageNotFound);
    }

    private static string Checked(string check) => World.SigningPolicyText.Replace(
        "  produce:", $"    - name: checked\n      {check}\n  produce:", StringComparison.Ordinal);

    private static async ValueTask<World> CreateAsync(string policy, MemoryKey ci, MemoryKey? scans = null)
    {
        var world = await World.CreateAsync();
        if (scans is null)
            world.Load(policy, ("ci", [ci]));
        else
            world.Load(policy, ("ci", [ci]), ("scans", [scans]));
        return world;
    }

    private static async ValueTask<Decision> DecideAsync(World world, Manifest image, bool checkOnly = false)
    {
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow());
        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, report) with { CheckOnly = checkOnly }, CancellationToken.None);
        return Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
    }
}
