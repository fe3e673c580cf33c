// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
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

/// <summary>
/// A rotation and a compromise from end to end: the real attestor signs, the real verifier judges, and everything in between is done with
/// the commands that an operator has.
/// </summary>
public sealed class RotationDrillTests : IAsyncLifetime
{
    private const string Password = "made-for-tests";
    private const string Allowed = "allowed";

    private readonly ImageWorld _world = new();
    private readonly ManualClock _clock = new();
    private readonly KeyPassword _password = KeyPassword.From(Password);
    private DecisionLedger _ledger = null!;
    private AttestorKeys _keys = null!;

    private string Policies => _world["policies"];

    private string Ledger => _world["ledger.db"];

    public async ValueTask InitializeAsync()
    {
        foreach (var name in (string[])["old", "new", "next"])
            FileKey.Generate(_world[name], KeyType.EcdsaP256, _password);
        Directory.CreateDirectory(Policies);
        await File.WriteAllTextAsync(_world["policies/attestor.yaml"], $$"""
            # Who approves.
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec:
              purpose: approval
              members:
                - key: {{Uri("old")}}   # made in 2025
                  state: signing
            """);
        await File.WriteAllTextAsync(_world["policies/signing.yaml"], DrillPolicies.Signing);
        await File.WriteAllTextAsync(_world["policies/admission.yaml"], DrillPolicies.Admission);
        var signing = KeySources.ForSigning(kms: null, _password, TimeProvider.System);
        _ledger = await DecisionLedger.OpenAsync(
            new LedgerOptions { Path = Ledger }, _clock, TestContext.Current.CancellationToken);
        _keys = new AttestorKeys(signing.OpenAsync, _ledger, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _ledger.Reader.Dispose();
        _password.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Rotation_leaves_no_gap_and_a_compromise_leaves_nothing_behind()
    {
        // One key.
        var a = await AttestAsync("a");
        Assert.Equal(Allowed, await VerdictAsync(a));

        // Overlap: those who have the new policy accept both keys, those who have not would deny the new one.
        var early = await _world.PushImageAsync("signed with the new key before everybody knows it");
        using (var key = await FileKey.OpenAsync(_world["new"], _password, TestContext.Current.CancellationToken))
            await _world.SignAsync(key, ImageWorld.Approval(early, "release", _clock.GetUtcNow()));
        Assert.Equal(ReasonCode.SignatureInvalid.Name, await VerdictAsync(early));
        await OperateAsync("rotate", "--to", Uri("new"));
        Assert.Equal((Allowed, Allowed), (await VerdictAsync(a), await VerdictAsync(early)));
        _clock.Advance(TimeSpan.FromHours(1));
        var b = await AttestAsync("b");

        // Switch: the new key signs, and what either signed is admitted.
        await OperateAsync("rotate");
        _clock.Advance(TimeSpan.FromHours(1));
        var c = await AttestAsync("c");
        Assert.Equal(
            (Allowed, Allowed, Allowed), (await VerdictAsync(a), await VerdictAsync(b), await VerdictAsync(c)));
        await AssertSignedAsync("old", a, b);
        await AssertSignedAsync("new", c);

        // Retire: what the old key signed is denied, and says why.
        await OperateAsync("rotate", "--retire");
        Assert.Equal(ReasonCode.KeyNotValidAtTime.Name, await VerdictAsync(a));
        Assert.Equal(ReasonCode.KeyNotValidAtTime.Name, await VerdictAsync(b));
        Assert.Equal(Allowed, await VerdictAsync(c));

        // Compromise of the new key, noticed later: nothing shows that what it signed before T is older than T.
        _clock.Advance(TimeSpan.FromHours(1));
        var revokedAt = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromHours(1));
        var d = await AttestAsync("d");
        Assert.Equal(Allowed, await VerdictAsync(d));
        var revoked = await OperateAsync(
            "revoke", Uri("new"), "--at", revokedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            "--ledger", Ledger, "--output", "json");
        using (var json = JsonDocument.Parse(revoked.Out))
        {
            Assert.True(json.RootElement.GetProperty("written").GetBoolean());
            Assert.Equal(Lines(c, d), Lines(json.RootElement.GetProperty("images")));
        }

        Assert.Equal(ReasonCode.KeyRevoked.Name, await VerdictAsync(c));
        Assert.Equal(ReasonCode.KeyRevoked.Name, await VerdictAsync(d));
        Assert.Equal(ReasonCode.KeyRevoked.Name, await VerdictAsync(early));
        Assert.Equal(ReasonCode.KeyNotValidAtTime.Name, await VerdictAsync(a));

        // Nothing signs any more; what was signed already is answered from the record, never signed anew.
        Assert.IsType<AttestationAnswer.Interrupted>(await AskAsync("e"));

        // Recovery: a third key, and every image on the list is judged again.
        await OperateAsync("rotate", "--to", Uri("next"));
        await OperateAsync("rotate");
        var again = await AttestAsync("c");
        Assert.Equal(c.Image, again.Image);
        Assert.NotEqual(c.Decision, again.Decision);
        Assert.Equal((Allowed, ReasonCode.KeyRevoked.Name), (await VerdictAsync(c), await VerdictAsync(d)));
        await AssertSignedAsync("old", a, b);
        await AssertSignedAsync("new", c, d);
        await AssertSignedAsync("next", again);

        var text = await File.ReadAllTextAsync(_world["policies/attestor.yaml"]);
        Assert.StartsWith("# Who approves.\n", text, StringComparison.Ordinal);
        Assert.Contains($"- key: {Uri("old")}   # made in 2025\n      state: retired\n", text, StringComparison.Ordinal);
        Assert.True((await _ledger.Reader.VerifyAsync(expected: null, TestContext.Current.CancellationToken)).IsIntact);
    }

    private string Uri(string name) => $"file:{_world[name]}";

    private async Task<Invoked> OperateAsync(string command, params string[] arguments)
    {
        var run = await RunAsync(["keys", command, .. arguments, "--attestor", "release", "--policy", Policies]);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        return run;
    }

    private Task<Invoked> RunAsync(string[] arguments) => Invoked.RunAsync([], arguments, clock: _clock);

    /// <summary>What the verifier says: allowed, or the reason of the first check that says no.</summary>
    private Task<string> VerdictAsync(Attested attested) => VerdictAsync(attested.Image);

    private async Task<string> VerdictAsync(Descriptor image)
    {
        var run = await RunAsync(
            ["verify", ImageWorld.NameOf(image), "--policy", Policies, "--output", "json", .. _world.Registry]);
        var decision = Decision.FromJson(System.Text.Encoding.UTF8.GetBytes(run.Out));
        Assert.Equal(decision.Outcome == Outcome.Allowed ? ExitCodes.Done : ExitCodes.Refused, run.ExitCode);
        return decision.Outcome == Outcome.Allowed
            ? Allowed
            : decision.Checks.First(check => check.Verdict == Verdict.Fail).Reason!.Name;
    }

    private async Task<Attested> AttestAsync(string content)
    {
        var answer = await AskAsync(content);
        var decided = Assert.IsType<AttestationAnswer.Decided>(answer);
        Assert.True(decided.Decision.IsPositive);
        return new Attested(await _world.PushImageAsync(content), decided.Decision.Id);
    }

    private async Task<AttestationAnswer> AskAsync(string content)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var image = await _world.PushImageAsync(content);
        var manifest = await _world.Direct.FetchManifestAsync(ImageWorld.Repository, image.Digest, cancellation);
        var loaded = await LoadedPolicies.ReadAsync([Policies], _world[""], PublicKeys.OfFiles, cancellation);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Result.Problems));
        using var cycle = new SigningCycle(
            () => loaded.Set, _world.Registries, _keys, _ledger, _clock, NullLogger<SigningCycle>.Instance);
        return await cycle.AttestAsync(
            new AttestationRequest
            {
                Requester = new Requester(
                    "urn:supplychain:local", "ci", new Dictionary<string, string>(StringComparer.Ordinal)),
                Image = ImageWorld.NameOf(image),
                Reports = [new DrillReport(manifest!.Config!.Digest, _clock.GetUtcNow())],
            },
            cancellation);
    }

    private async Task AssertSignedAsync(string key, params Attested[] expected)
    {
        var run = await RunAsync(["keys", "show", _world[key], "--policy", Policies, "--ledger", Ledger, "--output", "json"]);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        var shown = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(Uri(key), shown.GetProperty("key").GetString());
        Assert.Equal(expected.Length, shown.GetProperty("signedImages").GetInt32());
        Assert.Equal(Lines(expected), Lines(shown.GetProperty("images")));
    }

    private static string[] Lines(params Attested[] expected) =>
        [.. expected.Select(attested => $"{ImageWorld.Repository}@{attested.Image.Digest} {attested.Decision} published")];

    private static string[] Lines(JsonElement images) =>
    [
        .. images.EnumerateArray().Select(image =>
            $"{image.GetProperty("repository").GetString()}@{image.GetProperty("digest").GetString()} "
            + image.GetProperty("decision").GetString() + (image.GetProperty("published").GetBoolean() ? " published" : "")),
    ];

    private sealed record Attested(Descriptor Image, string Decision);
}
