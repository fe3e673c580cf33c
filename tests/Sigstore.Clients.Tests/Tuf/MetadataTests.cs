// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>§5.4 to §5.6: timestamp, snapshot and targets.</summary>
public sealed class MetadataTests : IDisposable
{
    private readonly TufWorld _world = new();

    private TufRepository Repository => _world.Repository;

    [Theory]
    [InlineData("timestamp", "5.4.2", "timestamp metadata of version 2 is signed by 0 distinct keys of the timestamp role")]
    [InlineData("snapshot", "5.5.3", "snapshot metadata of version 2 is signed by 0 distinct keys of the snapshot role")]
    [InlineData("targets", "5.6.3", "targets metadata of version 2 is signed by 1 distinct keys of the targets role of root metadata of version 1; expected 2 of 2")]
    public async Task What_too_few_keys_of_its_role_signed_is_refused(string name, string section, string text)
    {
        var role = RoleOf(name);
        role.Signers = name is "targets" ? [role.Keys[0], Repository.Root.Keys[0]] : [Repository.Root.Keys[0]];
        Repository.Publish();

        await _world.InvalidAsync(section, text);
    }

    [Theory]
    [InlineData("timestamp", "5.4.2", "timestamp metadata of version 2 is signed by 0")]
    [InlineData("snapshot", "5.5.3", "snapshot metadata of version 2 is signed by 0")]
    [InlineData("targets", "5.6.3", "targets metadata of version 2 is signed by 0")]
    public async Task What_changed_after_it_was_signed_is_refused(string name, string section, string text)
    {
        RoleOf(name).Damage = document => document["signed"]!["x-unknown"] = "changed";
        Repository.Publish();

        await _world.InvalidAsync(section, text);
    }

    [Theory]
    [InlineData("timestamp", 7, "5.4.4", "timestamp metadata of version 1 expired at 2026-11-29T10:00:00Z; expected one that is valid at 2026-11-29T10:00:00Z")]
    [InlineData("snapshot", 7, "5.5.6", "snapshot metadata of version 1 expired at 2026-11-29T10:00:00Z")]
    [InlineData("targets", 7, "5.6.5", "targets metadata of version 1 expired at 2026-11-29T10:00:00Z")]
    public async Task What_is_shown_beyond_its_time_is_refused_also_where_it_is_known(string name, int days, string section, string text)
    {
        foreach (var role in new[] { Repository.Timestamp, Repository.Snapshot, Repository.TargetsRole })
            role.ValidFor = TimeSpan.FromDays(role.Name == name ? days : 90);
        (Repository.Timestamp.Version, Repository.Snapshot.Version, Repository.TargetsRole.Version) = (0, 0, 0);
        Repository.Publish();
        await _world.DoneAsync();

        _world.Clock.Advance(TimeSpan.FromDays(days) - TimeSpan.FromSeconds(1));
        await _world.DoneAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.RefusedAsync(ReasonCode.TrustRootExpired, section, text);

        File.Delete(_world.State.Path);
        await _world.RefusedAsync(ReasonCode.TrustRootExpired, section, text);
    }

    [Fact]
    public async Task A_timestamp_that_expired_before_it_came_is_not_believed()
    {
        await _world.DoneAsync();
        Repository.Timestamp.Change = signed => signed["expires"] = "2026-11-22T10:00:00Z";
        Repository.Publish();
        await _world.RefusedAsync(ReasonCode.TrustRootExpired, "5.4.4", "timestamp metadata of version 2 expired");

        // It left nothing behind: the version before it is no step back.
        Repository.Timestamp.Version = 1;
        Repository.PublishTimestamp();
        Assert.Equal(2, (await _world.DoneAsync()).Trust!.Timestamp!.Version);
    }

    [Fact]
    public async Task A_timestamp_does_not_go_back()
    {
        var earlier = Repository.Files["timestamp.json"];
        Repository.PublishTimestamp();
        await _world.DoneAsync();
        Repository.Files["timestamp.json"] = earlier;

        await _world.InvalidAsync("5.4.3.1", "the timestamp went back to version 1; expected 2 or later");
    }

    [Fact]
    public async Task A_timestamp_of_the_same_version_says_nothing_new()
    {
        await _world.DoneAsync();
        Repository.Timestamp.Version = 0;
        Repository.PublishSnapshot();

        var update = await _world.DoneAsync();

        Assert.Equal((1, 1), (update.Trust!.Timestamp!.Version, update.Trust.Snapshot!.Version));
    }

    [Fact]
    public async Task A_timestamp_does_not_name_an_earlier_snapshot()
    {
        Repository.PublishSnapshot();
        await _world.DoneAsync();
        Repository.Snapshot.Version = 0;
        Repository.PublishSnapshot();

        await _world.InvalidAsync("5.4.3.2", "the snapshot, in the timestamp, went back to version 1; expected 2 or later");
    }

    [Fact]
    public async Task A_snapshot_does_not_name_earlier_targets()
    {
        Repository.Publish();
        await _world.DoneAsync();
        Repository.TargetsRole.Version = 0;
        Repository.Publish();

        await _world.InvalidAsync("5.5.5", "the targets.json, in the snapshot, went back to version 1; expected 2 or later");
    }

    [Fact]
    public async Task A_snapshot_does_not_name_earlier_delegated_metadata_nor_lose_any()
    {
        await _world.DoneAsync();
        Repository.Delegated["registry.example.com.json"] = 2;
        Repository.PublishSnapshot();
        await _world.InvalidAsync("5.5.5", "the registry.example.com.json, in the snapshot, went back to version 2; expected 3 or later");

        Repository.Delegated.Clear();
        Repository.PublishSnapshot();
        await _world.InvalidAsync("5.5.5", "snapshot metadata of version 3 does not name registry.example.com.json; expected version 3 or later");

        Repository.Delegated["registry.example.com.json"] = 4;
        Repository.PublishSnapshot();
        await _world.DoneAsync();
    }

    [Theory]
    [InlineData("snapshot", "5.5.2", "the snapshot has the digest sha256:")]
    [InlineData("targets", "5.6.2", "the targets metadata has the digest sha256:")]
    public async Task Metadata_is_what_was_promised(string name, string section, string text)
    {
        var path = Repository.Versioned(RoleOf(name));
        var content = Repository.Files[path];
        Repository.Files[path] = [.. content.AsSpan(..^1), (byte)' '];
        await _world.InvalidAsync(section, text);

        Repository.Files[path] = content[..^1];
        await _world.InvalidAsync(section, $"has {content.Length - 1} bytes; expected {content.Length}");

        Repository.Files[path] = [.. content, (byte)' '];
        await _world.InvalidAsync(section[..4] + "1", $"{path} has more bytes than expected: at most {content.Length}");
    }

    [Theory]
    [InlineData("snapshot", "5.5.4", "snapshot metadata of version 1 was served; expected version 2, which timestamp metadata of version 2 promises")]
    [InlineData("targets", "5.6.4", "targets metadata of version 1 was served; expected version 2, which snapshot metadata of version 2 promises")]
    public async Task Versions_of_different_times_are_not_mixed(string name, string section, string text)
    {
        var earlier = Repository.Files[Repository.Versioned(RoleOf(name))];
        Repository.TellsDigests = false;
        Repository.Publish();
        Repository.Files[Repository.Versioned(RoleOf(name))] = earlier;

        await _world.InvalidAsync(section, text);
    }

    [Theory]
    [InlineData("timestamp", "5.4.1", Limits.TufTimestampBytes)]
    [InlineData("snapshot", "5.5.1", Limits.TufSnapshotBytes)]
    [InlineData("targets", "5.6.1", Limits.TufTargetsBytes)]
    public async Task Metadata_has_a_length_where_none_is_promised(string name, string section, int most)
    {
        Repository.TellsDigests = false;
        Repository.Publish();
        var path = name is "timestamp" ? "timestamp.json" : Repository.Versioned(RoleOf(name));
        var content = Repository.Files[path];
        Repository.Files[path] = [.. Enumerable.Repeat((byte)' ', most - content.Length), .. content];
        await _world.DoneAsync();

        Repository.PublishTimestamp();
        Repository.Publish();
        path = name is "timestamp" ? path : Repository.Versioned(RoleOf(name));
        Repository.Files[path] = [.. Enumerable.Repeat((byte)' ', most - Repository.Files[path].Length + 1), .. Repository.Files[path]];
        await _world.InvalidAsync(section, $"{path} has more bytes than expected: at most {most}");
    }

    [Theory]
    [InlineData("timestamp", "5.4.1")]
    [InlineData("snapshot", "5.5.1")]
    [InlineData("targets", "5.6.1")]
    public async Task What_is_promised_and_not_there_leaves_no_answer(string name, string section)
    {
        var path = name is "timestamp" ? "timestamp.json" : Repository.Versioned(RoleOf(name));
        Repository.Files.Remove(path, out _);

        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, section, $"{path} is not there; expected a whole repository");
    }

    /// <summary>What may be wrong with a document as it is written.</summary>
    public static TheoryData<string, string, string, string> Malformed => new()
    {
        { "timestamp", "_type", "5.4.1", "timestamp.signed._type is 'other'; expected 'timestamp'" },
        { "snapshot", "_type", "5.5.1", "snapshot.signed._type is 'other'; expected 'snapshot'" },
        { "targets", "_type", "5.6.1", "targets.signed._type is 'other'; expected 'targets'" },
        { "timestamp", "spec_version", "5.4.1", "timestamp.signed.spec_version is 'other'; expected 1.0" },
        { "snapshot", "spec_version", "5.5.1", "snapshot.signed.spec_version is 'other'; expected 1.0" },
        { "targets", "spec_version", "5.6.1", "targets.signed.spec_version is 'other'; expected 1.0" },
        { "timestamp", "meta", "5.4.1", "timestamp.signed.meta is String; expected an object" },
        { "snapshot", "meta", "5.5.1", "snapshot.signed.meta is String; expected an object" },
        { "targets", "targets", "5.6.1", "targets.signed.targets is String; expected an object" },
        { "timestamp", "meta:snapshot.json", "5.4.1", "timestamp.signed.meta.snapshot.json is String; expected an object" },
        { "snapshot", "meta:targets.json", "5.5.1", "snapshot.signed.meta.targets.json is String; expected an object" },
        { "targets", "targets:trusted_root.json", "5.6.1", "targets.signed.targets.trusted_root.json is String; expected an object" },
        { "timestamp", "meta:snapshot.json:version", "5.4.1", "meta.snapshot.json.version is String; expected a whole number" },
        { "targets", "targets:trusted_root.json:length", "5.6.1", "trusted_root.json.length is String; expected a whole number" },
        { "targets", "targets:trusted_root.json:hashes", "5.6.1", "trusted_root.json.hashes is String; expected an object" },
        { "targets", "targets:trusted_root.json:hashes:sha256", "5.6.1", "hashes.sha256: a sha256 digest has 64 hexadecimal digits, found 5 characters" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task Says_what_is_malformed(string name, string path, string section, string text)
    {
        RoleOf(name).Change = signed => Set(signed, path, "other");
        Repository.Publish();

        await _world.InvalidAsync(section, text);
    }

    [Fact]
    public async Task What_is_promised_without_a_known_digest_is_not_promised()
    {
        Repository.TargetsRole.Change = signed => signed["targets"]!["trusted_root.json"]!["hashes"] = new JsonObject { ["blake2b"] = "00" };
        Repository.Publish();
        await _world.InvalidAsync("5.6.1", "trusted_root.json.hashes has no sha256 and no sha512");

        Repository.TargetsRole.Change = signed => signed["targets"]!["trusted_root.json"]!.AsObject().Remove("hashes");
        Repository.Publish();
        await _world.InvalidAsync("5.6.1", "trusted_root.json has no hashes");

        Repository.TargetsRole.Change = signed => signed["targets"]!["trusted_root.json"]!["hashes"]!["blake2b"] = "00";
        Repository.Publish();
        await _world.DoneAsync();
    }

    [Theory]
    [InlineData("snapshot", "meta", "5.5.1")]
    [InlineData("targets", "targets", "5.6.1")]
    public async Task Documents_name_no_more_files_than_repositories_have(string name, string member, string section)
    {
        RoleOf(name).Change = signed =>
        {
            for (var i = 0; signed[member]!.AsObject().Count <= Limits.TufFiles; i++)
                signed[member]![$"{i}"] = new JsonObject { ["version"] = 1 };
        };
        Repository.Publish();

        await _world.InvalidAsync(section, $"{name}.signed.{member} has 10001 members; expected at most 10000");
    }

    public void Dispose() => _world.Dispose();

    private TufRoleDraft RoleOf(string name) => name switch
    {
        "timestamp" => Repository.Timestamp,
        "snapshot" => Repository.Snapshot,
        _ => Repository.TargetsRole,
    };

    private static void Set(JsonObject signed, string path, string value)
    {
        var steps = path.Split(':');
        JsonNode node = signed;
        foreach (var step in steps[..^1])
            node = node[step]!;
        node[steps[^1]] = value;
    }
}
