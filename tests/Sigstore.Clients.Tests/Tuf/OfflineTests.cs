// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>A repository that is carried to where there is no network: in one file, or as a folder.</summary>
public sealed class OfflineTests : IDisposable
{
    private readonly TufWorld _world = new();

    private TufState Elsewhere => new(_world["elsewhere"]);

    [Fact]
    public async Task An_archive_is_verified_like_the_repository_itself()
    {
        _world.Repository.Root.Rotate();
        _world.Repository.PublishRoot();
        _world.Repository.Publish();
        var archive = await ExportAsync();

        var update = await _world.DoneAsync(Read(archive), state: Elsewhere);

        Assert.Equal((2, 2), (update.Trust!.Root.Version, update.Trust.Timestamp!.Version));
        Assert.Equal("the trusted root\n", TufWorld.TextOf(update));
        Assert.Equal(archive, update.Archive!.Write());
    }

    [Fact]
    public async Task An_archive_of_before_is_refused()
    {
        var before = await ExportAsync();
        _world.Repository.PublishTimestamp();
        await _world.DoneAsync();

        await _world.RefusedAsync(ReasonCode.TrustRootInvalid, "5.4.3.1", "the timestamp went back to version 1; expected 2 or later", Read(before));
    }

    [Fact]
    public async Task An_archive_beyond_its_time_is_refused()
    {
        var archive = await ExportAsync();
        _world.Clock.Advance(TimeSpan.FromDays(7));

        var update = await _world.UpdateAsync(Read(archive), state: Elsewhere);

        Assert.Equal((ReasonCode.TrustRootExpired, "5.4.4"), (update.Problem?.Reason, update.Problem?.Section));
    }

    [Theory]
    [InlineData("2.root.json", "5.3.3")]
    [InlineData("timestamp.json", "5.4.1")]
    [InlineData("snapshot.json", "5.5.2")]
    [InlineData("targets.json", "5.6.2")]
    [InlineData("targets/trusted_root.json", "5.7.3")]
    public async Task An_archive_in_which_one_byte_changed_or_one_file_is_missing_is_refused(string name, string section)
    {
        _world.Repository.PublishRoot();
        _world.Repository.Timestamp.Rotate();
        _world.Repository.PublishRoot();
        _world.Repository.Publish();
        var archive = JsonNode.Parse(await ExportAsync())!;
        var content = Convert.FromBase64String((string)archive["files"]![name]!);
        content[0] ^= 1;
        var changed = archive.DeepClone();
        changed["files"]![name] = Convert.ToBase64String(content);

        var update = await _world.UpdateAsync(Read(System.Text.Encoding.UTF8.GetBytes(changed.ToJsonString())), state: Elsewhere);
        Assert.Equal((ReasonCode.TrustRootInvalid, section), (update.Problem?.Reason, update.Problem?.Section));

        archive["files"]!.AsObject().Remove(name);
        update = await _world.UpdateAsync(Read(System.Text.Encoding.UTF8.GetBytes(archive.ToJsonString())), state: new TufState(_world["third"]));
        Assert.False(update.IsDone);
    }

    [Fact]
    public async Task A_file_of_an_archive_has_a_length()
    {
        var archive = JsonNode.Parse(await ExportAsync())!;
        archive["files"]!["timestamp.json"] = Convert.ToBase64String(new byte[Model.Limits.TufTimestampBytes + 1]);

        await _world.RefusedAsync(
            ReasonCode.TrustRootInvalid, "5.4.1", "timestamp.json has more bytes than expected: at most 16384",
            Read(System.Text.Encoding.UTF8.GetBytes(archive.ToJsonString())));
    }

    [Fact]
    public async Task A_folder_with_the_names_of_the_repository_will_do()
    {
        _world.Repository.Targets["registry.example.com/keys.json"] = "keys"u8.ToArray();
        _world.Repository.PublishRoot();
        _world.Repository.Publish();
        foreach (var (path, content) in _world.Repository.Files)
        {
            var file = Path.Combine(_world["copy"], path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content);
        }

        var copy = new FolderSource(_world["copy"]);
        Assert.Equal("the trusted root\n", TufWorld.TextOf(await _world.DoneAsync(copy)));
        Assert.Equal("keys", TufWorld.TextOf(await _world.UpdateAsync(copy, target: "registry.example.com/keys.json")));

        await File.WriteAllBytesAsync(Path.Combine(_world["copy"], "timestamp.json"), new byte[Model.Limits.TufTimestampBytes + 1]);
        await _world.RefusedAsync(ReasonCode.TrustRootInvalid, "5.4.1", "timestamp.json has more bytes than expected: at most 16384", copy);
        File.Delete(Path.Combine(_world["copy"], "timestamp.json"));
        Directory.CreateDirectory(Path.Combine(_world["copy"], "timestamp.json"));
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json cannot be read: ", copy);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json is not there", new FolderSource(_world["absent"]));
    }

    public void Dispose() => _world.Dispose();

    private async Task<byte[]> ExportAsync() => (await _world.DoneAsync()).Archive!.Write();

    private static ArchiveSource Read(byte[] document)
    {
        Assert.True(TufArchive.TryRead(document, out var archive, out var problem), problem);
        return new ArchiveSource(archive);
    }
}
