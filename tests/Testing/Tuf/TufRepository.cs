// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Tuf;

/// <summary>
/// A TUF repository that publishes what it is told, right or wrong: roles with keys, versions and expiries, one target. What it serves is in
/// <see cref="Files"/>, where a test may change it once more.
/// </summary>
public sealed class TufRepository
{
    private readonly TimeProvider _clock;
    private List<TufSigner> _earlierRootKeys = [];

    /// <summary>A repository with one version of everything.</summary>
    public TufRepository(TimeProvider clock, string targetName = "trusted_root.json", string target = "the trusted root\n")
    {
        _clock = clock;
        Targets[targetName] = Encoding.UTF8.GetBytes(target);
        PublishRoot();
        Publish();
    }

    public TufRoleDraft Root { get; } = new("root", 2, TimeSpan.FromDays(180), TufSigner.EcdsaP256(), TufSigner.EcdsaP256(), TufSigner.EcdsaP256());

    public TufRoleDraft Timestamp { get; } = new("timestamp", 1, TimeSpan.FromDays(7), TufSigner.EcdsaP256());

    public TufRoleDraft Snapshot { get; } = new("snapshot", 1, TimeSpan.FromDays(90), TufSigner.EcdsaP256());

    public TufRoleDraft TargetsRole { get; } = new("targets", 2, TimeSpan.FromDays(180), TufSigner.EcdsaP256(), TufSigner.EcdsaP256());

    /// <summary>The content of each target, by name.</summary>
    public Dictionary<string, byte[]> Targets { get; } = new(StringComparer.Ordinal);

    /// <summary>Versions of delegated metadata that the snapshot names, and nothing serves.</summary>
    public Dictionary<string, int> Delegated { get; } = new(StringComparer.Ordinal) { ["registry.example.com.json"] = 3 };

    /// <summary>Whether versions and digests are in the names of files.</summary>
    public bool HasConsistentSnapshots { get; set; } = true;

    /// <summary>Whether timestamp and snapshot promise lengths and digests, not versions alone.</summary>
    public bool TellsDigests { get; set; } = true;

    /// <summary>All that is served, by path.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The first root, which trust begins with.</summary>
    public byte[] FirstRoot => Files["1.root.json"];

    /// <summary>Publishes the next root, signed by the keys before it and its own.</summary>
    public void PublishRoot()
    {
        Root.Version++;
        var keys = new JsonObject();
        var roles = new JsonObject();
        foreach (var role in new[] { Root, Timestamp, Snapshot, TargetsRole })
        {
            foreach (var key in role.Keys)
                keys[key.Id] = key.Key.DeepClone();
            roles[role.Name] = new JsonObject
            {
                ["keyids"] = new JsonArray([.. role.Keys.Select(key => (JsonNode)key.Id)]),
                ["threshold"] = role.Threshold,
            };
        }

        Serve($"{Text(Root.Version)}.root.json", Sign(Root, new JsonObject
        {
            ["consistent_snapshot"] = HasConsistentSnapshots,
            ["keys"] = keys,
            ["roles"] = roles,
        }, [.. _earlierRootKeys.Concat(Root.Keys).Distinct()]));
        _earlierRootKeys = [.. Root.Keys];
    }

    /// <summary>Publishes the next version of everything below the root.</summary>
    public void Publish()
    {
        foreach (var (name, content) in Targets)
            Serve(TargetPath(name), content);

        TargetsRole.Version++;
        Serve(Versioned(TargetsRole), Sign(TargetsRole, new JsonObject
        {
            ["targets"] = new JsonObject(Targets.Select(target => KeyValuePair.Create(target.Key, (JsonNode?)Promise(target.Value)))),
            ["delegations"] = new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() },
        }));
        PublishSnapshot();
    }

    /// <summary>Publishes the next snapshot of the targets there are, and its timestamp.</summary>
    public void PublishSnapshot()
    {
        Snapshot.Version++;
        var meta = new JsonObject { ["targets.json"] = PromiseOf(TargetsRole) };
        foreach (var (name, version) in Delegated)
            meta[name] = new JsonObject { ["version"] = version };
        Serve(Versioned(Snapshot), Sign(Snapshot, new JsonObject { ["meta"] = meta }));
        PublishTimestamp();
    }

    /// <summary>Publishes the next timestamp of the snapshot there is.</summary>
    public void PublishTimestamp()
    {
        Timestamp.Version++;
        Serve("timestamp.json", Sign(Timestamp, new JsonObject { ["meta"] = new JsonObject { ["snapshot.json"] = PromiseOf(Snapshot) } }));
    }

    /// <summary>The path that the current document of a role is served under.</summary>
    public string Versioned(TufRoleDraft role) => HasConsistentSnapshots ? $"{Text(role.Version)}.{role.Name}.json" : $"{role.Name}.json";

    /// <summary>The path that a target is served under.</summary>
    public string TargetPath(string name)
    {
        var file = name.LastIndexOf('/') + 1;
        return HasConsistentSnapshots ? $"targets/{name[..file]}{Hex(Targets[name])}.{name[file..]}" : $"targets/{name}";
    }

    private void Serve(string path, byte[] content) => Files[path] = content;

    private byte[] Sign(TufRoleDraft role, JsonObject signed, IReadOnlyList<TufSigner>? keys = null)
    {
        signed["_type"] = role.Name;
        signed["spec_version"] = "1.0.31";
        signed["version"] = role.Version;
        signed["expires"] = (_clock.GetUtcNow() + role.ValidFor).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        signed["x-unknown"] = new JsonObject { ["text"] = "\"quoted\" \\ ünknown\n" };
        role.Change?.Invoke(signed);

        var canonical = TufJson.Canonical(signed);
        var document = new JsonObject
        {
            ["signatures"] = new JsonArray([.. (role.Signers ?? keys ?? role.Keys).Select(key => (JsonNode)new JsonObject
            {
                ["keyid"] = key.Id,
                ["sig"] = Convert.ToHexStringLower(key.Sign(canonical)),
            })]),
            ["signed"] = signed,
        };
        role.Damage?.Invoke(document);
        (role.Change, role.Damage, role.Signers) = (null, null, null);
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private JsonObject PromiseOf(TufRoleDraft role)
    {
        var promise = TellsDigests ? Promise(Files[Versioned(role)]) : [];
        promise["version"] = role.Version;
        return promise;
    }

    private static JsonObject Promise(byte[] content) => new()
    {
        ["length"] = content.Length,
        ["hashes"] = new JsonObject { ["sha256"] = Hex(content), ["sha512"] = Convert.ToHexStringLower(SHA512.HashData(content)) },
    };

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
