// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>What is kept between updates, and what becomes of it.</summary>
public sealed class StateTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Fact]
    public async Task An_update_that_was_killed_at_any_point_is_taken_up_by_the_next()
    {
        await _world.DoneAsync();
        for (var kill = 1; ; kill++)
        {
            _world.Repository.Root.Rotate();
            _world.Repository.Timestamp.Rotate();
            _world.Repository.PublishRoot();
            _world.Repository.Publish();
            _world.Source.Asked.Clear();
            _world.Source.StopsAfter = kill;
            var isKilled = await Record.ExceptionAsync(() => _world.UpdateAsync()) is OperationCanceledException;
            _world.Source.StopsAfter = int.MaxValue;

            var update = await _world.DoneAsync();

            Assert.Equal(_world.Repository.Root.Version, update.Trust!.Root.Version);
            Assert.Equal(_world.Repository.Timestamp.Version, update.Trust.Timestamp!.Version);
            Assert.Equal(["repository.json"], Directory.GetFiles(Path.GetDirectoryName(_world.State.Path)!)
                .Select(Path.GetFileName).Where(name => name is not ".lock"));
            if (!isKilled)
                break;
            Assert.True(kill < 10, "the client is never done");
        }
    }

    [Fact]
    public async Task An_update_that_is_refused_keeps_what_was_verified_before()
    {
        await _world.DoneAsync();
        _world.Repository.PublishRoot();
        _world.Repository.TargetsRole.Signers = [];
        _world.Repository.Publish();
        await _world.InvalidAsync("5.6.3", "targets metadata of version 2 is signed by 0");

        // The timestamp is known, and none before it is taken any more.
        _world.Repository.Timestamp.Version = 0;
        _world.Repository.PublishTimestamp();
        await _world.InvalidAsync("5.4.3.1", "the timestamp went back to version 1; expected 2 or later");
        // What belongs together is what the last whole update gave.
        var kept = TufMemory.Recall(_world.Repository.FirstRoot, Read(), TufTargetName.TrustedRoot);
        Assert.Equal((2, 1, "the trusted root\n"), (kept.Trust?.Root.Version, kept.Trust?.Timestamp?.Version, TufWorld.TextOf(kept)));
    }

    [Fact]
    public async Task Roots_that_are_served_no_more_are_known_still()
    {
        _world.Repository.Root.Rotate();
        _world.Repository.PublishRoot();
        await _world.DoneAsync();
        _world.Repository.Files.Remove("2.root.json", out _);

        Assert.Equal(2, (await _world.DoneAsync()).Trust!.Root.Version);
    }

    [Fact]
    public async Task What_was_kept_is_believed_only_as_far_as_the_root_vouches_for_it()
    {
        _world.Repository.PublishRoot();
        await _world.DoneAsync();
        var kept = JsonNode.Parse(File.ReadAllBytes(_world.State.Path))!;
        foreach (var name in kept["files"]!.AsObject().Select(file => file.Key).Where(name => !name.StartsWith("targets/", StringComparison.Ordinal)).ToList())
        {
            var changed = kept.DeepClone();
            var document = Encoding.UTF8.GetString(Convert.FromBase64String((string)changed["files"]![name]!));
            changed["files"]![name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(document.Replace("quoted", "quotes", StringComparison.Ordinal)));
            File.WriteAllText(_world.State.Path, changed.ToJsonString());

            var section = name is "2.root.json" ? "is signed by 0 distinct keys" : "what was kept is damaged: ";
            await _world.InvalidAsync("5.2", section);
        }
    }

    [Fact]
    public async Task A_target_that_was_changed_where_it_is_kept_is_fetched_again()
    {
        await _world.DoneAsync();
        var kept = JsonNode.Parse(File.ReadAllBytes(_world.State.Path))!;
        kept["files"]!["targets/trusted_root.json"] = Convert.ToBase64String("another root\n"u8);
        File.WriteAllText(_world.State.Path, kept.ToJsonString());
        Assert.Equal("5.7.3", TufMemory.Recall(_world.Repository.FirstRoot, Read(), TufTargetName.TrustedRoot).Problem?.Section);

        Assert.Equal("the trusted root\n", TufWorld.TextOf(await _world.DoneAsync()));
        Assert.True(TufMemory.Recall(_world.Repository.FirstRoot, Read(), TufTargetName.TrustedRoot).IsDone);
    }

    /// <summary>What may have become of the file.</summary>
    public static TheoryData<string, string> Damages => new()
    {
        { "", "the archive is malformed: " },
        { "{", "the archive is malformed: " },
        { "[]", "the archive is Array; expected an object" },
        { "{}", "the archive has no mediaType" },
        { "{\"mediaType\":\"application/json\",\"files\":{}}", "the archive has the mediaType 'application/json'; expected 'application/vnd.supplychain.tuf-archive+json;version=1'" },
        { "{\"mediaType\":\"M\",\"files\":{},\"more\":1}", "the archive has an unknown member more" },
        { "{\"mediaType\":\"M\",\"files\":{\"x.json\":\"\"}}", "the archive has an unknown file x.json" },
        { "{\"mediaType\":\"M\",\"files\":{\"complete/root.json\":\"\"}}", "the archive has an unknown file complete/root.json" },
        { "{\"mediaType\":\"M\",\"files\":{\"01.root.json\":\"\"}}", "the archive has an unknown file 01.root.json" },
        { "{\"mediaType\":\"M\",\"files\":{\"targets/../x\":\"\"}}", "the archive has an unknown file targets/../x" },
        { "{\"mediaType\":\"M\",\"files\":{\"timestamp.json\":\"a\"}}", "the archive.files.timestamp.json is String; expected bytes in canonical base64" },
        { "{\"mediaType\":\"M\",\"files\":{\"timestamp.json\":\"\",\"timestamp.json\":\"\"}}", "the archive is malformed: " },
    };

    [Theory, MemberData(nameof(Damages))]
    public async Task A_file_that_cannot_be_used_is_never_a_beginning(string content, string text)
    {
        await _world.DoneAsync();
        File.WriteAllText(_world.State.Path, content.Replace("\"M\"", $"\"{TufArchive.MediaType}\"", StringComparison.Ordinal));

        await _world.InvalidAsync("5.2", $"repository.json cannot be used: {text}");
    }

    [Fact]
    public async Task A_file_of_more_bytes_than_archives_have_is_not_read()
    {
        await _world.DoneAsync();
        using (var file = File.OpenWrite(_world.State.Path))
            file.SetLength(Limits.TufArchiveBytes + 1);

        await _world.InvalidAsync("5.2", "it has more than 25165824 bytes");
    }

    [Fact]
    public async Task State_of_another_repository_is_not_mixed_with_this_one()
    {
        var other = new TufRepository(_world.Clock);
        other.PublishRoot();
        await _world.DoneAsync(new ServedFiles(other), other.FirstRoot);

        await _world.InvalidAsync("5.2", "is signed by 0 distinct keys of the root role of root metadata of version 1");
        _world.Repository.PublishRoot();
        await _world.RefusedAsync(
            ReasonCode.TrustRootInvalid, "5.2", "the kept root of version 2 is not the one that was given; expected both to be of one repository",
            root: _world.Repository.Files["2.root.json"]);
    }

    [Fact]
    public async Task A_product_that_comes_with_a_later_root_goes_on_from_there()
    {
        await _world.DoneAsync();
        _world.Repository.Timestamp.Rotate();
        _world.Repository.PublishRoot();
        _world.Repository.PublishRoot();
        _world.Repository.PublishTimestamp();

        Assert.Equal(3, (await _world.DoneAsync(root: _world.Repository.Files["3.root.json"])).Trust!.Root.Version);

        // Nor does it forget what its root still vouches for.
        _world.Repository.PublishRoot();
        _world.Repository.Timestamp.Version = 0;
        _world.Repository.PublishTimestamp();
        await _world.RefusedAsync(
            ReasonCode.TrustRootInvalid, "5.4.3.1", "the timestamp went back to version 1; expected 2 or later", root: _world.Repository.Files["4.root.json"]);
    }

    [Fact]
    public async Task A_root_before_those_that_are_kept_does_not_start_over()
    {
        for (var i = 0; i < 3; i++)
            _world.Repository.PublishRoot();
        await _world.DoneAsync(root: _world.Repository.Files["3.root.json"]);

        await _world.InvalidAsync("5.2", "the kept roots go up to version 4 and do not continue the one of version 1");
    }

    [Fact]
    public async Task More_than_can_be_read_again_is_not_kept()
    {
        for (var i = 0; i < 40; i++)
        {
            _world.Repository.Root.Change = signed => signed["x-much"] = new string('x', Limits.TufRootBytes - 8_192);
            _world.Repository.PublishRoot();
        }

        await _world.InvalidAsync("5.3.8", "what is to be kept has ");
        Assert.InRange(new FileInfo(_world.State.Path).Length, 1, Limits.TufArchiveBytes);
        Assert.True(_world.State.TryRead(out _, out var problem), problem?.ToString());
    }

    [Fact]
    public async Task Two_updates_do_not_run_at_once()
    {
        await _world.DoneAsync();
        using (_world.State.Lock())
            await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.1", "another update of ");

        await _world.DoneAsync();
    }

    public void Dispose() => _world.Dispose();

    private TufArchive Read()
    {
        Assert.True(_world.State.TryRead(out var archive, out var problem), problem?.ToString());
        return archive;
    }
}
