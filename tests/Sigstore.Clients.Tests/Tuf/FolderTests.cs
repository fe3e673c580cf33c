// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>A copy of a repository in which something else has a file's name.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Fact]
    public async Task What_is_no_regular_file_is_not_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes in folders");
        Directory.CreateDirectory(_world["copy"]);
        var file = Path.Combine(_world["copy"], "timestamp.json");
        using (var made = Process.Start("mkfifo", [file]))
            await made.WaitForExitAsync(CancellationToken.None);
        await RefusedAsync();

        File.Move(file, _world["pipe"]);
        File.CreateSymbolicLink(file, _world["pipe"]);
        await RefusedAsync();

        File.Delete(file);
        File.CreateSymbolicLink(file, "/dev/zero");
        await RefusedAsync();
    }

    [Fact]
    public async Task A_link_to_a_file_is_followed()
    {
        Directory.CreateDirectory(_world["copy"]);
        await File.WriteAllTextAsync(_world["elsewhere.json"], "{}");
        File.CreateSymbolicLink(Path.Combine(_world["copy"], "timestamp.json"), _world["elsewhere.json"]);
        await _world.RefusedAsync(ReasonCode.TrustRootInvalid, "5.4.1", "timestamp", Copy);

        File.Delete(_world["elsewhere.json"]);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json is not there", Copy);
    }

    public void Dispose() => _world.Dispose();

    private FolderSource Copy => new(_world["copy"]);

    // On a thread of its own: what waits in open(2) waits for ever.
    private Task RefusedAsync() => Task.Run(() => _world.RefusedAsync(
        ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json is empty or no regular file; expected metadata", Copy))
        .WaitAsync(TimeSpan.FromSeconds(30));
}
