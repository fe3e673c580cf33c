// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Cli.Tests.Trust;

/// <summary>What was kept of a trust root when something went wrong afterwards.</summary>
public sealed class KeptTrustTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly TempFolder _folder = new();
    private readonly TrustWorld _world;
    private readonly TufRepository _repository;

    public KeptTrustTests()
    {
        _world = new TrustWorld(_clock);
        _repository = new TufRepository(_clock, target: _world.Root().ToJsonString());
        File.WriteAllBytes(_folder["root.json"], _repository.FirstRoot);
    }

    [Fact]
    public async Task An_update_that_was_cut_off_takes_nothing_away()
    {
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        var before = await RunAsync("show");
        var policy = await RunAsync("show", "--as-policy", "ours");
        Assert.Equal(0, (await RunAsync("export", _folder["before.json"])).ExitCode);
        _repository.Publish();
        _repository.Files.Remove("2.snapshot.json", out _);
        var cut = await ImportAsync();
        Assert.Contains("2.snapshot.json is not there; expected a whole repository", cut.Error, StringComparison.Ordinal);

        Assert.Equal((0, before.Out, before.Error), await ShowAsync());
        Assert.Equal(policy.Out, (await RunAsync("show", "--as-policy", "ours")).Out);
        Assert.Equal(0, (await RunAsync("export", _folder["after.json"])).ExitCode);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["before.json"]), await File.ReadAllBytesAsync(_folder["after.json"]));

        // The expiry that counts is that of what is shown.
        _clock.Advance(TimeSpan.FromDays(7));
        Assert.StartsWith(
            "! TRUST_ROOT_EXPIRED: timestamp metadata of version 1 expired at 2026-11-29T10:00:00Z", (await RunAsync("show")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_that_promises_too_much_is_not_imported()
    {
        _repository.Timestamp.Change = signed => signed["meta"]!["snapshot.json"]!["length"] = int.MaxValue;
        _repository.PublishTimestamp();

        var import = await ImportAsync();

        Assert.Equal(1, import.ExitCode);
        Assert.Contains(
            "TRUST_ROOT_INVALID: timestamp.signed.meta.snapshot.json.length is 2147483647; expected at most 2097152 (TUF 5.4.1)", import.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_metadata_is_bad_input()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes in folders");
        _repository.Files.Remove("timestamp.json", out _);
        Copy();
        using (var made = Process.Start("mkfifo", [Path.Combine(_folder["copy"], "timestamp.json")]))
            await made.WaitForExitAsync(CancellationToken.None);

        var import = await Task.Run(() => RunAsync("import", _folder["copy"])).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(2, import.ExitCode);
        Assert.Contains("timestamp.json is empty or no regular file; expected metadata", import.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_taken_for_nothing()
    {
        Directory.CreateDirectory(Path.Combine(_folder["home"], "supplychain", "trust", "repository.json"));

        // Not even where what is built in would do.
        var show = await InvokeAsync("show");

        Assert.Equal(2, show.ExitCode);
        Assert.Empty(show.Out);
        Assert.Contains("repository.json", show.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("run supplychain trust update first", show.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    private async Task<(int ExitCode, string Out, string Error)> ShowAsync()
    {
        var show = await RunAsync("show");
        return (show.ExitCode, show.Out, show.Error);
    }

    private Task<Invoked> ImportAsync()
    {
        Copy();
        return RunAsync("import", _folder["copy"]);
    }

    private void Copy()
    {
        if (Directory.Exists(_folder["copy"]))
            Directory.Delete(_folder["copy"], recursive: true);
        foreach (var (path, content) in _repository.Files)
        {
            var file = Path.Combine(_folder["copy"], path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }

    private Task<Invoked> RunAsync(params string[] arguments) =>
        InvokeAsync([.. arguments, "--tuf-root", _folder["root.json"], "--state", _folder["state"]]);

    private Task<Invoked> InvokeAsync(params string[] arguments) => Invoked.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = _folder["home"] }, ["trust", .. arguments], clock: _clock);
}
