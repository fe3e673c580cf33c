// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Attestor;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>The algorithm that a policy names for a key is what the attestor signs with, and what the verifier demands.</summary>
public sealed class PssTests : IDisposable
{
    private readonly ImageWorld _world = new();
    private readonly ManualClock _clock = new();
    private readonly KeyPassword _password = KeyPassword.From("made-for-tests");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _password.Dispose();
        _world.Dispose();
    }

    [Theory]
    [InlineData(", algorithm: rsa-pss-sha256", "")]
    [InlineData("", ", algorithm: rsa-pss-sha256")]
    public async Task What_is_signed_for_a_member_is_accepted_for_that_member_and_denied_for_one_with_the_other_padding(
        string signs, string other)
    {
        FileKey.Generate(_world["release"], KeyType.Rsa2048, _password);
        await WriteAsync(signs);
        var image = await _world.PushImageAsync("signed");

        await AttestAsync(image);
        var accepted = await VerifyAsync(image);
        await WriteAsync(other);
        var denied = await VerifyAsync(image);

        Assert.Equal(Outcome.Allowed, accepted.Outcome);
        Assert.Equal(Outcome.Denied, denied.Outcome);
        Assert.Equal(ReasonCode.SignatureInvalid, denied.Checks.First(check => check.Verdict == Verdict.Fail).Reason);
    }

    private async Task WriteAsync(string algorithm)
    {
        Directory.CreateDirectory(_world["policies"]);
        await File.WriteAllTextAsync(_world["policies/signing.yaml"], DrillPolicies.Signing, Stop);
        await File.WriteAllTextAsync(_world["policies/admission.yaml"], DrillPolicies.Admission, Stop);
        await File.WriteAllTextAsync(_world["policies/attestor.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec: { purpose: approval, members: [{ key: "file:{{_world["release"]}}"{{algorithm}} }] }
            """, Stop);
    }

    private async Task AttestAsync(Descriptor image)
    {
        var manifest = await _world.Direct.FetchManifestAsync(ImageWorld.Repository, image.Digest, Stop);
        var loaded = await LoadedPolicies.ReadAsync([_world["policies"]], _world[""], PublicKeys.OfFiles, Stop);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Result.Problems));
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = _world["ledger.db"] }, _clock, Stop);
        using var keys = new AttestorKeys(KeySources.ForSigning(kms: null, _password, TimeProvider.System).OpenAsync, ledger, TimeProvider.System);
        using var cycle = new SigningCycle(
            () => loaded.Set, _world.Registries, keys, ledger, _clock, NullLogger<SigningCycle>.Instance);
        var answer = await cycle.AttestAsync(
            new AttestationRequest
            {
                Requester = new Requester("urn:supplychain:local", "ci", new Dictionary<string, string>(StringComparer.Ordinal)),
                Image = ImageWorld.NameOf(image),
                Reports = [new DrillReport(manifest!.Config!.Digest, _clock.GetUtcNow())],
            },
            Stop);
        ledger.Reader.Dispose();
        Assert.True(Assert.IsType<AttestationAnswer.Decided>(answer).Decision.IsPositive);
    }

    private async Task<Decision> VerifyAsync(Descriptor image)
    {
        var run = await Invoked.RunAsync(
            [], ["verify", ImageWorld.NameOf(image), "--policy", _world["policies"], "--output", "json", .. _world.Registry], clock: _clock);
        return Decision.FromJson(System.Text.Encoding.UTF8.GetBytes(run.Out));
    }
}
