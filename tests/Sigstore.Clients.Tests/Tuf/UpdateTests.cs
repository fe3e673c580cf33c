// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>What an update fetches and what it gives.</summary>
public sealed class UpdateTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Fact]
    public async Task Gives_the_target_and_the_metadata_that_vouches_for_it()
    {
        _world.Repository.PublishRoot();
        _world.Repository.Publish();

        var update = await _world.DoneAsync();

        Assert.Equal("the trusted root\n", TufWorld.TextOf(update));
        Assert.Equal(
            (2, 2, 2, 2), (update.Trust!.Root.Version, update.Trust.Timestamp!.Version, update.Trust.Snapshot!.Version, update.Trust.Targets!.Version));
        Assert.Equal(_world.Clock.GetUtcNow().AddDays(7), update.Trust.Timestamp.Expires);
        Assert.Equal(
            ["2.root.json", "3.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", _world.Repository.TargetPath("trusted_root.json")],
            _world.Source.Asked);
    }

    [Fact]
    public async Task Fetches_nothing_again_that_is_still_promised()
    {
        await _world.DoneAsync();
        _world.Source.Asked.Clear();
        _world.Repository.PublishTimestamp();

        var update = await _world.DoneAsync();

        Assert.Equal("the trusted root\n", TufWorld.TextOf(update));
        Assert.Equal(["2.root.json", "timestamp.json"], _world.Source.Asked);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Repositories_may_leave_out_what_the_specification_lets_them(bool hasConsistentSnapshots, bool tellsDigests)
    {
        (_world.Repository.HasConsistentSnapshots, _world.Repository.TellsDigests) = (hasConsistentSnapshots, tellsDigests);
        _world.Repository.PublishRoot();
        _world.Repository.Publish();

        Assert.Equal("the trusted root\n", TufWorld.TextOf((await _world.DoneAsync())));
        _world.Repository.Publish();
        Assert.Equal(3, (await _world.DoneAsync()).Trust!.Snapshot!.Version);
    }

    [Fact]
    public async Task A_target_may_lie_in_a_folder()
    {
        _world.Repository.Targets["registry.example.com/keys.json"] = "keys"u8.ToArray();
        _world.Repository.Publish();

        var update = await _world.UpdateAsync(target: "registry.example.com/keys.json");

        Assert.Equal("keys", TufWorld.TextOf(update));
        Assert.StartsWith("targets/registry.example.com/", _world.Source.Asked[^1], StringComparison.Ordinal);
        Assert.EndsWith(".keys.json", _world.Source.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_changed_is_fetched_anew()
    {
        await _world.DoneAsync();
        _world.Repository.Targets["trusted_root.json"] = "another\n"u8.ToArray();
        _world.Repository.Publish();

        Assert.Equal("another\n", TufWorld.TextOf((await _world.DoneAsync())));
    }

    /// <summary>Kinds of keys that vouch for a timestamp.</summary>
    public static TheoryData<string> Kinds => ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-pss"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Keys_of_each_kind_vouch(string kind)
    {
        Use(kind switch
        {
            "ecdsa-p256" => TufSigner.EcdsaP256(),
            "ecdsa-p384" => TufSigner.EcdsaP384(),
            "ed25519" => TufSigner.Ed25519(),
            _ => TufSigner.RsaPss(),
        });

        await _world.DoneAsync();
        _world.Repository.Timestamp.Signers = [TufSigner.EcdsaP256()];
        _world.Repository.PublishTimestamp();
        await _world.InvalidAsync("5.4.2", "timestamp metadata of version 3 is signed by 0 distinct keys");
    }

    [Fact]
    public async Task A_key_of_an_unknown_scheme_counts_for_nothing()
    {
        var key = TufSigner.EcdsaP256();
        key.Key["scheme"] = "ml-dsa-65";
        Use(key);

        await _world.InvalidAsync("5.4.2", "timestamp metadata of version 2 is signed by 0 distinct keys of the timestamp role of root metadata of version 2; expected 1 of 1");
    }

    /// <summary>What may be wrong with a target.</summary>
    public static TheoryData<string, string, string, string> BrokenTargets => new()
    {
        { "longer", "the trusted root\n\n", "5.7.2", "has more bytes than expected: at most 17" },
        { "shorter", "the trusted root", "5.7.3", "trusted_root.json has 16 bytes; expected 17" },
        { "of another digest", "the trusted r00t\n", "5.7.3", "trusted_root.json has the digest sha256:" },
    };

    [Theory, MemberData(nameof(BrokenTargets))]
    public async Task A_target_is_what_was_promised(string because, string content, string section, string text)
    {
        _world.Repository.Files[_world.Repository.TargetPath("trusted_root.json")] = System.Text.Encoding.ASCII.GetBytes(content);

        var update = await _world.UpdateAsync();

        Assert.True(update.Problem?.Section == section, $"{because}: {update.Problem}");
        await _world.InvalidAsync(section, text);
    }

    [Fact]
    public async Task Both_digests_of_a_target_have_to_be_its()
    {
        _world.Repository.TargetsRole.Change = signed => signed["targets"]!["trusted_root.json"]!["hashes"]!["sha512"] = new string('0', 128);
        _world.Repository.Publish();

        await _world.InvalidAsync("5.7.3", "trusted_root.json has the digest sha512:");
    }

    [Fact]
    public async Task A_target_that_is_not_named_or_not_there_is_not_got()
    {
        await _world.RefusedAsync(
            ReasonCode.TrustRootInvalid, "5.7.1", "targets metadata of version 1 names no file signing_config.json", target: "signing_config.json");

        _world.Repository.Files.Remove(_world.Repository.TargetPath("trusted_root.json"), out _);
        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.7.2", "trusted_root.json is not there; expected a whole repository");
    }

    [Fact]
    public async Task A_target_of_more_bytes_than_trust_roots_have_is_not_fetched()
    {
        _world.Repository.Targets["trusted_root.json"] = new byte[Model.Limits.TufTargetBytes];
        _world.Repository.Publish();
        Assert.Equal(Model.Limits.TufTargetBytes, (await _world.DoneAsync()).Target.Length);

        _world.Repository.Targets["trusted_root.json"] = new byte[Model.Limits.TufTargetBytes + 1];
        _world.Repository.Publish();
        _world.Source.Asked.Clear();
        await _world.InvalidAsync("5.7.1", "trusted_root.json has 1048577 bytes; expected at most 1048576");
        Assert.DoesNotContain(_world.Source.Asked, path => path.StartsWith("targets/", StringComparison.Ordinal));
    }

    public void Dispose() => _world.Dispose();

    private void Use(TufSigner key)
    {
        _world.Repository.Timestamp.Keys[0] = key;
        _world.Repository.PublishRoot();
        _world.Repository.Publish();
    }
}
