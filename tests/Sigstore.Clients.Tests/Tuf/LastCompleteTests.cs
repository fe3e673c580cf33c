// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>Whoever stands in between and lets through only a part takes nothing away of what the last whole update gave.</summary>
public sealed class LastCompleteTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Theory]
    [InlineData("snapshot", "5.5.1")]
    [InlineData("targets", "5.6.1")]
    [InlineData("target", "5.7.2")]
    public async Task What_is_held_back_leaves_the_last_whole_update(string held, string section)
    {
        var before = await _world.DoneAsync();
        _world.Repository.Targets["trusted_root.json"] = "a later root\n"u8.ToArray();
        _world.Repository.Publish();
        await HeldBackAsync(held, section);
        // However often it happens.
        _world.Repository.Publish();
        await HeldBackAsync(held, section);

        var kept = Recall();

        Assert.True(kept.IsDone, kept.Problem?.ToString());
        Assert.Equal("the trusted root\n", TufWorld.TextOf(kept));
        Assert.Equal((1, 1, 1), (kept.Trust.Timestamp!.Version, kept.Trust.Snapshot!.Version, kept.Trust.Targets!.Version));
        Assert.Equal(before.Archive!.Write(), kept.Archive.Write());
    }

    [Fact]
    public async Task What_was_seen_meanwhile_is_not_gone_behind()
    {
        await _world.DoneAsync();
        var earlier = _world.Repository.Files["timestamp.json"];
        _world.Repository.Publish();
        await HeldBackAsync("snapshot", "5.5.1");
        _world.Repository.Files["timestamp.json"] = earlier;

        await _world.InvalidAsync("5.4.3.1", "the timestamp went back to version 1; expected 2 or later");
        Assert.True(Recall().IsDone);
    }

    [Fact]
    public async Task A_whole_update_leaves_nothing_of_the_one_before()
    {
        await _world.DoneAsync();
        _world.Repository.Publish();
        await HeldBackAsync("snapshot", "5.5.1");
        Assert.Contains("\"complete/timestamp.json\"", await File.ReadAllTextAsync(_world.State.Path), StringComparison.Ordinal);
        _world.Repository.Publish();

        var update = await _world.DoneAsync();

        Assert.Equal(3, Recall().Trust!.Timestamp!.Version);
        Assert.DoesNotContain("complete/", await File.ReadAllTextAsync(_world.State.Path), StringComparison.Ordinal);
        Assert.Equal(update.Archive!.Write(), await File.ReadAllBytesAsync(_world.State.Path));
    }

    [Fact]
    public async Task What_is_whole_already_counts_though_its_update_did_not_end()
    {
        await _world.DoneAsync();
        _world.Repository.Publish();
        _world.Source.StopsAfter = _world.Source.Asked.Count + 4;
        _world.Repository.Targets["other.json"] = "other"u8.ToArray();
        _world.Repository.Publish();
        await Record.ExceptionAsync(() => _world.UpdateAsync(target: "other.json"));

        Assert.Equal(3, Recall().Trust!.Targets!.Version);
    }

    [Fact]
    public async Task The_longest_documents_fit_twice()
    {
        PublishLong();
        await _world.DoneAsync();
        _world.Repository.Targets["trusted_root.json"] = "a later root\n"u8.ToArray();
        PublishLong();
        await HeldBackAsync("target", "5.7.2");

        Assert.Equal("the trusted root\n", TufWorld.TextOf(Recall()));
    }

    [Fact]
    public async Task A_root_that_no_longer_vouches_for_it_takes_it_away()
    {
        await _world.DoneAsync();
        _world.Repository.Timestamp.Rotate();
        _world.Repository.PublishRoot();
        _world.Repository.Publish();
        _world.Repository.Files.Remove("timestamp.json", out _);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json is not there");

        var kept = Recall();

        Assert.Equal(ReasonCode.TrustRootInvalid, kept.Problem?.Reason);
        Assert.Contains(
            "timestamp metadata of version 1 is signed by 0 distinct keys of the timestamp role of root metadata of version 2", kept.Problem!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_vouches_for_it_still_leaves_it()
    {
        await _world.DoneAsync();
        _world.Repository.PublishRoot();
        _world.Repository.Files.Remove("timestamp.json", out _);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.4.1", "timestamp.json is not there");

        Assert.Equal((2, 1), (Recall().Trust!.Root.Version, Recall().Trust!.Timestamp!.Version));
    }

    public void Dispose() => _world.Dispose();

    private void PublishLong()
    {
        _world.Repository.Snapshot.Change = signed => signed["x-much"] = new string('x', Model.Limits.TufSnapshotBytes - 8_192);
        _world.Repository.TargetsRole.Change = signed => signed["x-much"] = new string('x', Model.Limits.TufTargetsBytes - 8_192);
        _world.Repository.Publish();
    }

    private async Task HeldBackAsync(string held, string section)
    {
        var repository = _world.Repository;
        var path = held switch
        {
            "snapshot" => repository.Versioned(repository.Snapshot),
            "targets" => repository.Versioned(repository.TargetsRole),
            _ => repository.TargetPath("trusted_root.json"),
        };
        repository.Files.Remove(path, out _);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, section, $"{path} is not there; expected a whole repository");
    }

    private TufUpdate Recall()
    {
        Assert.True(_world.State.TryRead(out var archive, out var problem), problem?.ToString());
        return TufMemory.Recall(_world.Repository.FirstRoot, archive, TufTargetName.TrustedRoot);
    }
}
