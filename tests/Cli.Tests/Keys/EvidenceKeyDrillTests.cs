// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Attestor;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>A scanner's key is in other hands: which approvals rest on it, and what becomes of requests that do.</summary>
public sealed class EvidenceKeyDrillTests : IAsyncLifetime
{
    private const string Password = "made-for-tests";

    private readonly ImageWorld _world = new();
    private readonly ManualClock _clock = new();
    private readonly KeyPassword _password = KeyPassword.From(Password);
    private readonly Dictionary<string, FileKey> _scanners = new(StringComparer.Ordinal);
    private DecisionLedger _ledger = null!;
    private AttestorKeys _keys = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Policies => _world["policies"];

    private string Ledger => _world["ledger.db"];

    public async ValueTask InitializeAsync()
    {
        foreach (var name in (string[])["release", "scanner", "second"])
            FileKey.Generate(_world[name], KeyType.EcdsaP256, _password);
        foreach (var name in (string[])["scanner", "second"])
            _scanners.Add(name, await FileKey.OpenAsync(_world[name], _password, Stop));
        Directory.CreateDirectory(Policies);
        await File.WriteAllTextAsync(_world["policies/release.yaml"], Attestor("release", "approval", $"    - key: {Uri("release")}"));
        await File.WriteAllTextAsync(
            _world["policies/scanner.yaml"],
            Attestor("scanner", "evidence", $"    - key: {Uri("scanner")}\n    - key: {Uri("second")}\n      state: verifying"));
        await File.WriteAllTextAsync(_world["policies/signing.yaml"], """
            apiVersion: supplychain/v1
            kind: SigningPolicy
            metadata: { name: shop }
            spec:
              subjects: [registry.local/demo/**]
              requesters:
                - { issuer: "urn:supplychain:local", claims: { sub: ci } }
              attestor: release
              mode: enforce
              evidence:
                scanners: [{ name: trivy, source: attested, signedBy: [scanner], binding: proven }]
                combine: union
                maximumScanAge: 24h
                maximumDatabaseAge: { limit: 48h, whenMissing: accept }
                platforms: all
              checks:
                - name: no-serious-vulnerabilities
                  vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
              produce: { signature: true, attestations: [vulnerabilities], validFor: 30d }
            """);
        _ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = Ledger }, _clock, Stop);
        _keys = new AttestorKeys(KeySources.ForSigning(kms: null, _password, TimeProvider.System).OpenAsync, _ledger, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _ledger.Reader.Dispose();
        foreach (var key in _scanners.Values)
            key.Dispose();
        _password.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task A_revoked_scanner_s_approvals_are_listed_and_its_next_report_is_refused()
    {
        var a = await ApproveAsync("a", "scanner");
        var b = await ApproveAsync("b", "second");
        var c = await ApproveAsync("c", "scanner");
        Assert.Equal([a, c], await ShownAsync("scanner"));
        Assert.Equal([b], await ShownAsync("second"));

        var revoked = await OperateAsync(
            "revoke", Uri("scanner"), "--at", "2026-11-20", "--attestor", "scanner", "--policy", Policies, "--ledger", Ledger);

        Assert.Contains("2 images were approved on evidence that it vouched for, by 2 decisions:", revoked, StringComparison.Ordinal);
        Assert.Contains(a, revoked, StringComparison.Ordinal);
        Assert.Contains(c, revoked, StringComparison.Ordinal);
        Assert.DoesNotContain(b, revoked, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was signed", revoked, StringComparison.Ordinal);
        Assert.Contains("have each image above judged again, with new reports", revoked, StringComparison.Ordinal);

        var refused = (await AskAsync("d", "scanner")).Decision;
        Assert.Equal(Outcome.Refused, refused.Outcome);
        Assert.Contains(refused.Checks, check => check.Reason == ReasonCode.KeyRevoked);
        await ApproveAsync("e", "second");

        var list = await OperateAsync("list", "--policy", Policies, "--ledger", Ledger);
        Assert.Contains("KEY_REVOKED: images were approved on evidence that it vouched for", list, StringComparison.Ordinal);
        Assert.DoesNotContain("this ledger has no use of it yet", list, StringComparison.Ordinal);
        var show = await OperateAsync("show", Uri("scanner"), "--policy", Policies, "--ledger", Ledger);
        Assert.Contains("Where the key is in other hands, have each image above judged again", show, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_vouched_for_nothing_says_so_in_its_own_words()
    {
        await ApproveAsync("a", "second");

        var show = await OperateAsync("show", Uri("scanner"), "--policy", Policies, "--ledger", Ledger);

        Assert.Contains("No image in this ledger was approved on evidence that it vouched for.", show, StringComparison.Ordinal);
        Assert.DoesNotContain("in other hands", show, StringComparison.Ordinal);
    }

    private static string Attestor(string name, string purpose, string members) =>
        $"apiVersion: supplychain/v1\nkind: Attestor\nmetadata: {{ name: {name} }}\nspec:\n  purpose: {purpose}\n  members:\n{members}\n";

    private string Uri(string name) => $"file:{_world[name]}";

    private async Task<string> OperateAsync(params string[] arguments)
    {
        var run = await Invoked.RunAsync([], ["keys", .. arguments], clock: _clock);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        return run.Out;
    }

    /// <summary>The decisions that <c>keys show</c> lists.</summary>
    private async Task<string[]> ShownAsync(string key)
    {
        using var json = JsonDocument.Parse(await OperateAsync(
            "show", Uri(key), "--policy", Policies, "--ledger", Ledger, "--output", "json"));
        var shown = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Empty(shown.GetProperty("unattributed").EnumerateArray());
        var vouched = shown.GetProperty("vouched").EnumerateArray().ToList();
        Assert.Equal(vouched.Count, shown.GetProperty("vouchedImages").GetInt32());
        return [.. vouched.Select(image => image.GetProperty("decision").GetString()!)];
    }

    private async Task<string> ApproveAsync(string content, string scanner)
    {
        var answer = await AskAsync(content, scanner);
        Assert.True(answer.Decision.IsPositive, string.Join('\n', answer.Decision.Checks));
        return answer.Decision.Id;
    }

    // Each report is newer than the one before: all these images have one configuration.
    private async Task<AttestationAnswer.Decided> AskAsync(string content, string scanner)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        var image = await _world.PushImageAsync(content);
        var manifest = await _world.Direct.FetchManifestAsync(ImageWorld.Repository, image.Digest, Stop);
        await using var report = new DrillReport(manifest!.Config!.Digest, _clock.GetUtcNow()).Open();
        var bytes = new byte[report.Length];
        await report.ReadExactlyAsync(bytes, Stop);
        await _world.SignAsync(_scanners[scanner], Drafts.OfScan(
            ImageWorld.Repository, image, Digest.Compute(bytes), new VulnerabilityScan { ScannerUri = "made-for-tests", Result = bytes }));

        var loaded = await LoadedPolicies.ReadAsync([Policies], _world[""], PublicKeys.OfFiles, Stop);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Result.Problems));
        using var cycle = new SigningCycle(
            () => loaded.Set, _world.Registries, _keys, _ledger, _clock, NullLogger<SigningCycle>.Instance);
        var answer = await cycle.AttestAsync(
            new AttestationRequest
            {
                Requester = new Requester("urn:supplychain:local", "ci", new Dictionary<string, string>(StringComparer.Ordinal)),
                Image = ImageWorld.NameOf(image),
                Reports = [],
            },
            Stop);
        return Assert.IsType<AttestationAnswer.Decided>(answer);
    }
}
