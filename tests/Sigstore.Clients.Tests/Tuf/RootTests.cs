// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>§5.2 and §5.3: from root to root.</summary>
public sealed class RootTests : IDisposable
{
    private readonly TufWorld _world = new();

    private TufRepository Repository => _world.Repository;

    [Fact]
    public async Task Keys_may_be_replaced_by_those_who_had_them_together_with_those_who_get_them()
    {
        for (var i = 0; i < 3; i++)
        {
            Repository.Root.Rotate();
            Repository.TargetsRole.Rotate();
            Repository.PublishRoot();
        }

        Repository.Publish();

        Assert.Equal(4, (await _world.DoneAsync()).Trust!.Root.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Neither_the_old_keys_alone_nor_the_new_ones_make_a_root(bool isSignedByOld)
    {
        var old = Repository.Root.Keys.ToList();
        Repository.Root.Rotate();
        Repository.Root.Signers = isSignedByOld ? old : [.. Repository.Root.Keys];
        Repository.PublishRoot();

        await _world.InvalidAsync(
            "5.3.4",
            "root metadata of version 2 is signed by 0 distinct keys of the root role of root metadata of version "
            + $"{(isSignedByOld ? 2 : 1)}; expected 2 of 3");
        Assert.Equal(0, File.Exists(_world.State.Path) ? 1 : 0);
    }

    [Fact]
    public async Task Fewer_keys_than_the_threshold_make_no_root()
    {
        Repository.Root.Signers = [Repository.Root.Keys[1]];
        Repository.PublishRoot();

        await _world.InvalidAsync("5.3.4", "root metadata of version 2 is signed by 1 distinct keys of the root role of root metadata of version 1; expected 2 of 3");
    }

    [Fact]
    public async Task One_key_under_two_ids_counts_once()
    {
        Repository.Root.Keys[1] = Repository.Root.Keys[0].Twin();
        Repository.PublishRoot();
        Repository.Root.Signers = [Repository.Root.Keys[0], Repository.Root.Keys[1]];
        Repository.PublishRoot();

        await _world.InvalidAsync("5.3.4", "root metadata of version 3 is signed by 1 distinct keys of the root role of root metadata of version 2; expected 2 of 3");
    }

    [Fact]
    public async Task One_key_that_signs_twice_spoils_the_document()
    {
        Repository.Root.Signers = [Repository.Root.Keys[0], Repository.Root.Keys[0]];
        Repository.PublishRoot();

        await _world.InvalidAsync("5.3.3", "root.signatures[1] is another signature by the key '");
    }

    [Fact]
    public async Task A_signature_by_somebody_else_or_none_beside_enough_of_them_does_no_harm()
    {
        Repository.Root.Signers = [TufSigner.EcdsaP256(), Repository.Root.Keys[0], Repository.Root.Keys[1], Repository.Root.Keys[2]];
        Repository.Root.Damage = document => document["signatures"]![3]!["sig"] = "";
        Repository.PublishRoot();

        Assert.Equal(2, (await _world.DoneAsync()).Trust!.Root.Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Roots_come_one_version_at_a_time(int served)
    {
        Repository.PublishRoot();
        Repository.PublishRoot();
        Repository.Files["2.root.json"] = Repository.Files[string.Create(CultureInfo.InvariantCulture, $"{served}.root.json")];

        await _world.InvalidAsync("5.3.5", string.Create(CultureInfo.InvariantCulture, $"the root after version 1 has version {served}; expected 2"));
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_not_skipped()
    {
        Repository.PublishRoot();
        Repository.PublishRoot();
        Repository.Files.Remove("2.root.json", out _);

        Assert.Equal(1, (await _world.DoneAsync()).Trust!.Root.Version);
        Assert.DoesNotContain("3.root.json", _world.Source.Asked);
    }

    [Fact]
    public async Task Only_the_last_root_has_to_be_valid_still()
    {
        _world.Clock.Advance(TimeSpan.FromDays(200));
        Repository.Publish();
        Repository.TargetsRole.ValidFor = TimeSpan.FromDays(900);
        Repository.Publish();
        await _world.RefusedAsync(
            ReasonCode.TrustRootExpired, "5.3.10",
            "root metadata of version 1 expired at 2027-05-21T10:00:00Z; expected one that is valid at 2027-06-10T10:00:00Z");

        Repository.Root.ValidFor = TimeSpan.FromSeconds(0);
        Repository.PublishRoot();
        await _world.RefusedAsync(ReasonCode.TrustRootExpired, "5.3.10", "root metadata of version 2 expired at 2027-06-10T10:00:00Z");

        Repository.Root.ValidFor = TimeSpan.FromSeconds(1);
        Repository.PublishRoot();
        Assert.Equal(3, (await _world.DoneAsync()).Trust!.Root.Version);
    }

    [Fact]
    public async Task There_is_an_end_to_roots()
    {
        for (var i = 0; i < Limits.TufRootRotations; i++)
            Repository.PublishRoot();
        var last = Repository.Root.Version;
        Repository.PublishRoot();

        await _world.InvalidAsync("5.3.2", "there are more than 256 roots after the one that is trusted");

        // What was verified stays kept, so that it goes on from there.
        Assert.Equal(last + 1, (await _world.DoneAsync()).Trust!.Root.Version);
    }

    /// <summary>What may be wrong with a root as it is written.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { "another type", "root.signed._type is 'timestamp'; expected 'root'" },
        { "no type", "root.signed has no _type" },
        { "a later specification", "root.signed.spec_version is '2.0.0'; expected 1.0" },
        { "a later minor specification", "root.signed.spec_version is '1.1.0'; expected 1.0" },
        { "a patch that is no number", "root.signed.spec_version is '1.0.x'; expected 1.0" },
        { "an empty patch", "root.signed.spec_version is '1.0.'; expected 1.0" },
        { "version 0", "root.signed.version is Number; expected a whole number from 1 to 2^31 - 1" },
        { "a version as text", "root.signed.version is String; expected a whole number from 1" },
        { "a version that is not whole", "root.signed holds the number 2.5; expected whole numbers" },
        { "no expiry", "root.signed has no expires" },
        { "an expiry of another form", "root.signed.expires is String; expected a time such as" },
        { "threshold 0", "root.signed.roles.targets.threshold is Number; expected a whole number from 1" },
        { "threshold -1", "root.signed.roles.targets.threshold is Number; expected a whole number from 1" },
        { "threshold above the keys", "root.signed.roles.targets.threshold is 3; expected at most 2, the number of keys" },
        { "no keys for a role", "root.signed.roles.targets.threshold is 2; expected at most 0, the number of keys" },
        { "a key that is not there", "root.signed.roles.targets.keyids[0] names the key 'abc', which is not among the keys" },
        { "a key twice", "root.signed.roles.targets.keyids[2] names the key '" },
        { "no role", "root.signed.roles has no snapshot" },
        { "no consistent_snapshot", "root.signed has no consistent_snapshot" },
        { "another id", "has the id 'abc'; expected " },
        { "a key of another scheme", "is a key for ecdsa-p256-sha256; expected one for rsa-pss-sha256" },
        { "a key that is none", "the key is not a PEM block" },
        { "a signature that is no hexadecimal", "root.signatures[0].sig is String; expected hexadecimal digits" },
        { "a signature of odd length", "root.signatures[0].sig is String; expected hexadecimal digits" },
        { "a long signature", "root.signatures[0].sig has 4098 characters; expected at most 4096" },
        { "many signatures", "root.signatures has 65 entries; expected at most 64" },
        { "many keys", "root.signed.keys has 65 members; expected at most 64" },
        { "many keys of a role", "root.signed.roles.targets.keyids has 65 entries; expected at most 64" },
        { "no signatures", "root has no signatures" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task Says_what_is_malformed(string what, string text)
    {
        Repository.Root.Change = signed => Spoil(what, signed);
        Repository.Root.Damage = document => SpoilSignatures(what, document);
        Repository.PublishRoot();

        await _world.InvalidAsync("5.3.3", text);
    }

    [Fact]
    public async Task What_is_no_strict_JSON_is_no_root()
    {
        Repository.PublishRoot();
        var text = System.Text.Encoding.UTF8.GetString(Repository.Files["2.root.json"]);
        Repository.Files["2.root.json"] = System.Text.Encoding.UTF8.GetBytes(text.Replace("\"signed\":", "\"signed\":{},\"signed\":", StringComparison.Ordinal));
        await _world.InvalidAsync("5.3.3", "root metadata is malformed: ");

        Repository.Files["2.root.json"] = [.. new byte[Limits.TufRootBytes - 2].Select(_ => (byte)' '), (byte)'{', (byte)'}'];
        await _world.InvalidAsync("5.3.3", "root has no signed");

        Repository.Files["2.root.json"] = [.. Repository.Files["2.root.json"], (byte)' '];
        await _world.InvalidAsync("5.3.3", "2.root.json has more bytes than expected: at most 524288");
    }

    [Fact]
    public async Task The_root_that_trust_begins_with_vouches_for_itself()
    {
        Repository.Root.Signers = [Repository.Root.Keys[0]];
        Repository.PublishRoot();

        await _world.RefusedAsync(
            ReasonCode.TrustRootInvalid, "5.2", "root metadata of version 2 is signed by 1 distinct keys of the root role of root metadata of version 2",
            root: Repository.Files["2.root.json"]);
        await _world.RefusedAsync(ReasonCode.TrustRootInvalid, "5.2", "timestamp", root: Repository.Files["timestamp.json"]);
    }

    /// <summary>What happens to the keys of timestamp and snapshot, and whether versions may then begin again.</summary>
    public static TheoryData<string, bool> Rotations => new()
    {
        { "timestamp replaced", true }, { "snapshot replaced", true }, { "one of two replaced", true },
        { "one more", false }, { "targets replaced", false }, { "nothing", false },
    };

    [Theory, MemberData(nameof(Rotations))]
    public async Task Versions_that_somebody_set_as_high_as_they_go_end_with_their_keys(string what, bool isRecovered)
    {
        var spare = TufSigner.EcdsaP256();
        if (what is "one of two replaced")
        {
            Repository.Timestamp.Keys.Add(spare);
            Repository.PublishRoot();
        }

        (Repository.Timestamp.Version, Repository.Snapshot.Version) = (int.MaxValue - 1, int.MaxValue - 1);
        Repository.PublishSnapshot();
        await _world.DoneAsync();

        switch (what)
        {
            case "timestamp replaced": Repository.Timestamp.Rotate(); break;
            case "snapshot replaced": Repository.Snapshot.Rotate(); break;
            case "one of two replaced": Repository.Timestamp.Keys.Remove(spare); break;
            case "one more": Repository.Timestamp.Keys.Add(spare); break;
            case "targets replaced": Repository.TargetsRole.Rotate(); break;
        }

        Repository.PublishRoot();
        (Repository.Timestamp.Version, Repository.Snapshot.Version) = (1, 1);
        Repository.Publish();

        if (isRecovered)
            Assert.Equal(2, (await _world.DoneAsync()).Trust!.Timestamp!.Version);
        else
            await _world.InvalidAsync("5.4.3.1", "the timestamp went back to version 2; expected 2147483647 or later");
    }

    public void Dispose() => _world.Dispose();

    private void Spoil(string what, JsonObject signed)
    {
        var targets = signed["roles"]!["targets"]!.AsObject();
        var ids = targets["keyids"]!.AsArray();
        var keys = signed["keys"]!.AsObject();
        var key = Repository.Root.Keys[0];
        switch (what)
        {
            case "another type": signed["_type"] = "timestamp"; break;
            case "no type": signed.Remove("_type"); break;
            case "a later specification": signed["spec_version"] = "2.0.0"; break;
            case "a later minor specification": signed["spec_version"] = "1.1.0"; break;
            case "a patch that is no number": signed["spec_version"] = "1.0.x"; break;
            case "an empty patch": signed["spec_version"] = "1.0."; break;
            case "version 0": signed["version"] = 0; break;
            case "a version as text": signed["version"] = "2"; break;
            case "a version that is not whole": signed["version"] = 2.5; break;
            case "no expiry": signed.Remove("expires"); break;
            case "an expiry of another form": signed["expires"] = "2027-01-01"; break;
            case "threshold 0": targets["threshold"] = 0; break;
            case "threshold -1": targets["threshold"] = -1; break;
            case "threshold above the keys": targets["threshold"] = 3; break;
            case "no keys for a role": ids.Clear(); break;
            case "a key that is not there": ids[0] = "abc"; break;
            case "a key twice": ids.Add(ids[0]!.DeepClone()); break;
            case "no role": signed["roles"]!.AsObject().Remove("snapshot"); break;
            case "no consistent_snapshot": signed.Remove("consistent_snapshot"); break;
            case "another id": keys["abc"] = key.Key.DeepClone(); break;
            case "a key of another scheme": Add(keys, key, changed => (changed["keytype"], changed["scheme"]) = ("rsa", "rsassa-pss-sha256")); break;
            case "a key that is none": Add(keys, key, changed => changed["keyval"]!["public"] = "abc"); break;
            case "many keys":
                for (var i = 0; keys.Count <= Limits.TufKeys; i++)
                    Add(keys, key, changed => changed["x-note"] = i);
                break;
            case "many keys of a role":
                while (ids.Count <= Limits.TufKeys)
                    ids.Add("abc");
                break;
        }
    }

    private static void SpoilSignatures(string what, JsonObject document)
    {
        var signatures = document["signatures"]!.AsArray();
        switch (what)
        {
            case "a signature that is no hexadecimal": signatures[0]!["sig"] = "zz"; break;
            case "a signature of odd length": signatures[0]!["sig"] = "abc"; break;
            case "a long signature": signatures[0]!["sig"] = new string('a', Limits.SignatureLength + 2); break;
            case "no signatures": document.Remove("signatures"); break;
            case "many signatures":
                for (var i = 0; signatures.Count <= Limits.TufKeys; i++)
                    signatures.Add(new JsonObject { ["keyid"] = i.ToString(CultureInfo.InvariantCulture), ["sig"] = "" });
                break;
        }
    }

    private static void Add(JsonObject keys, TufSigner signer, Action<JsonObject> change)
    {
        var key = signer.Twin();
        change(key.Key);
        keys[key.Id] = key.Key.DeepClone();
    }
}
