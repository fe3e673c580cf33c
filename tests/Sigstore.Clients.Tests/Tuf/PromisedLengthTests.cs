// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>What metadata promises of other metadata's length never allows more than the role's bound.</summary>
public sealed class PromisedLengthTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Theory]
    [InlineData("snapshot", "5.4.1", "timestamp.signed.meta.snapshot.json.length", Limits.TufSnapshotBytes)]
    [InlineData("targets", "5.5.1", "snapshot.signed.meta.targets.json.length", Limits.TufTargetsBytes)]
    public async Task More_than_the_bound_is_refused_before_anything_is_fetched(string name, string section, string path, int most)
    {
        foreach (var length in (int[])[most + 1, int.MaxValue])
        {
            Promise(name, length);
            _world.Source.Asked.Clear();

            await _world.InvalidAsync(section, $"{path} is {length}; expected at most {most}");
            Assert.DoesNotContain(_world.Source.Asked, asked => asked.EndsWith($"{name}.json", StringComparison.Ordinal));
        }

        Promise(name, most);
        await _world.InvalidAsync(name is "snapshot" ? "5.5.2" : "5.6.2", $"bytes; expected {most}");
    }

    [Fact]
    public async Task A_folder_and_an_archive_promise_no_more_either()
    {
        Promise("snapshot", int.MaxValue);
        Directory.CreateDirectory(_world["copy"]);
        var archive = TufArchive.Empty.With(TufPath.Timestamp, _world.Repository.Files["timestamp.json"]);
        await File.WriteAllBytesAsync(Path.Combine(_world["copy"], "timestamp.json"), _world.Repository.Files["timestamp.json"]);
        using (var snapshot = File.Create(Path.Combine(_world["copy"], _world.Repository.Versioned(_world.Repository.Snapshot))))
            snapshot.SetLength(Limits.TufSnapshotBytes + 1);

        foreach (var source in (ITufSource[])[new FolderSource(_world["copy"]), new ArchiveSource(archive)])
        {
            await _world.RefusedAsync(
                Model.Decisions.ReasonCode.TrustRootInvalid, "5.4.1", $"snapshot.json.length is 2147483647; expected at most {Limits.TufSnapshotBytes}", source);
        }
    }

    [Fact]
    public async Task Delegated_metadata_is_not_fetched_and_may_have_any_length()
    {
        _world.Repository.Snapshot.Change = signed => signed["meta"]!["registry.example.com.json"]!["length"] = int.MaxValue;
        _world.Repository.PublishSnapshot();

        await _world.DoneAsync();
    }

    public void Dispose() => _world.Dispose();

    private void Promise(string name, int length)
    {
        var by = name is "snapshot" ? _world.Repository.Timestamp : _world.Repository.Snapshot;
        by.Change = signed => signed["meta"]![$"{name}.json"]!["length"] = length;
        _world.Repository.Publish();
    }
}
