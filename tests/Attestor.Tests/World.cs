// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>Everything one attestor needs, in one folder: a registry, a key, policies, a ledger and a clock.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Host = "registry.local";

    // Key files are slow to open on purpose; one key serves all tests.
    private static readonly Lazy<Task<ISigningKey>> SharedKey = new(OpenKeyAsync);

    private readonly TempFolder _folder;

    private World(TempFolder folder, ManualClock clock) => (_folder, Clock) = (folder, clock);

    public ManualClock Clock { get; }

    public Repository Repository { get; private init; } = Repository.Parse($"{Host}/demo/shop");

    public required Registries Registries { get; init; }

    public required DecisionLedger Ledger { get; init; }

    public required CountingKey Key { get; init; }

    public PolicySet? Policies { get; set; }

    /// <summary>Who sees what is signed, where a policy asks for it.</summary>
    public Witnesses? Witnesses { get; set; }

    /// <summary>Documents that are loaded with every policy.</summary>
    public IReadOnlyList<PolicyFile> MoreDocuments { get; set; } = [];

    public PublicKey PublicKey => Key.PublicKey;

    public IRegistry Registry => Registries.For(Repository);

    /// <summary>The same in front of a registry that can do wrong.</summary>
    /// <param name="simulator">The registry.</param>
    /// <param name="patience">How long one operation may take: short only where something hangs on purpose.</param>
    public static ValueTask<World> CreateAsync(
        RegistrySimulator simulator, TimeSpan patience, Func<ISigningKey, ISigningKey>? wrap = null)
    {
        var options = new RegistryOptions { Host = simulator.Host, PlainHttp = true, OperationTimeout = patience };
        return CreateAsync(
            SigningPolicyText.Replace(Host, simulator.Host, StringComparison.Ordinal),
            _ => new Registries([options], KnownCredentials.None, TimeProvider.System), wrap, simulator.Host);
    }

    public static async ValueTask<World> CreateAsync(
        string? signingPolicy = null, Func<string, Registries>? registries = null, Func<ISigningKey, ISigningKey>? wrap = null,
        string host = Host)
    {
        var folder = new TempFolder();
        var clock = new ManualClock();
        var key = await SharedKey.Value;
        var world = new World(folder, clock)
        {
            Repository = Repository.Parse($"{host}/demo/shop"),
            Registries = registries?.Invoke(folder["registry"]) ?? new Registries(
                [new RegistryOptions { Host = Host, LayoutPath = folder["registry"] }], KnownCredentials.None, clock),
            Ledger = await DecisionLedger.OpenAsync(
                new LedgerOptions { Path = folder["ledger.db"] }, clock, CancellationToken.None),
            Key = new CountingKey(wrap?.Invoke(key) ?? key),
        };
        world.Load(signingPolicy ?? SigningPolicyText);
        return world;
    }

    public static string SigningPolicyText { get; } =
        """
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata: { name: shop }
        spec:
          subjects: [registry.local/demo/**]
          requesters:
            - { issuer: "urn:supplychain:local", claims: { sub: ci } }
          attestor: release
          mode: enforce
          evidence:
            scanners: [{ name: trivy, source: submitted, binding: proven }]
            combine: union
            maximumScanAge: 24h
            maximumDatabaseAge: { limit: 48h, whenMissing: accept }
            platforms: all
          checks:
            - name: no-serious-vulnerabilities
              vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
          produce: { signature: true, attestations: [vulnerabilities], validFor: 30d }
        """;

    /// <summary>Loads the policy with more said about the attestor's key, such as its window.</summary>
    public void LoadAttestor(string key) => Policies = Read([SigningPolicyText], key, []);

    public void LoadPolicies(params string[] signingPolicies) => Policies = Read(signingPolicies, "", []);

    public void Load(string signingPolicy, params (string Name, MemoryKey[] Keys)[] scanners) => Policies = Read(
        [signingPolicy], "", [.. scanners.Select(scanner => (scanner.Name, string.Join(',', scanner.Keys.Select(key => key.Member))))]);

    /// <summary>Reads policies without putting them in force.</summary>
    /// <param name="signingPolicy">The signing policy.</param>
    /// <param name="aboutKey">More about the key that signs, such as its state.</param>
    /// <param name="evidence">Attestors of evidence, each with its members as JSON.</param>
    public PolicySet Read(string signingPolicy, string aboutKey, params (string Name, string Members)[] evidence) =>
        Read([signingPolicy], aboutKey, evidence);

    private PolicySet Read(string[] signingPolicies, string aboutKey, (string Name, string Members)[] evidence)
    {
        var attestor =
            $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec:
              purpose: approval
              members:
                - { key: "file:approval.key"{{aboutKey}} }
            """;
        var result = PolicyLoader.Load(
        [
            .. MoreDocuments,
            new PolicyFile("attestor.yaml", Encoding.UTF8.GetBytes(attestor)),
            .. signingPolicies.Select((text, i) => new PolicyFile($"signing-{i}.yaml", Encoding.UTF8.GetBytes(text))),
            .. evidence.Select(attestor => new PolicyFile($"{attestor.Name}.yaml", Encoding.UTF8.GetBytes(
                $$$"""
                {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"{{{attestor.Name}}}"},
                 "spec":{"purpose":"evidence","members":[{{{attestor.Members}}}]}}
                """))),
        ]);
        Assert.True(result.IsUsable, string.Join('\n', result.Problems));
        result = result.Set.WithResolvedKeys(new Dictionary<string, PublicKey>(StringComparer.Ordinal)
        {
            ["file:approval.key"] = PublicKey,
        });
        Assert.True(result.IsUsable, string.Join('\n', result.Problems));
        return result.Set;
    }

    public SigningCycle Cycle(Func<PolicySet?>? policies = null, ILogger<SigningCycle>? logger = null) => new(
        policies ?? (() => Policies), Registries, new AttestorKeys((_, _, _) => ValueTask.FromResult<ISigningKey>(Key), Ledger, Clock), Ledger, Clock,
        logger ?? NullLogger<SigningCycle>.Instance)
    {
        Witnesses = Witnesses,
    };

    public Reconciliation Reconciliation(Func<PolicySet?>? policies = null) =>
        new(policies ?? (() => Policies), Registries, Ledger, Clock, NullLogger<Reconciliation>.Instance);

    /// <summary>Puts an image into the registry and returns its manifest.</summary>
    public async ValueTask<Manifest> PushImageAsync(string architecture = "amd64", string content = "one")
    {
        var diff = Digest.Compute(Encoding.UTF8.GetBytes(content));
        var config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"{{{architecture}}}","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{diff}}}"]}}""");
        var layer = Encoding.UTF8.GetBytes(content);
        var manifest = Manifest.WriteImage(
            artifactType: null, new Descriptor(MediaTypes.ImageConfig, Digest.Compute(config), config.Length),
            [new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Compute(layer), layer.Length)]);
        await Registry.PushBlobAsync(Repository, manifest.Config!, config, CancellationToken.None);
        await Registry.PushBlobAsync(Repository, manifest.Layers[0], layer, CancellationToken.None);
        await Registry.PushManifestAsync(Repository, manifest, tag: null, CancellationToken.None);
        return manifest;
    }

    /// <summary>Puts an index over images into the registry.</summary>
    public async ValueTask<Manifest> PushIndexAsync(params (Manifest Image, string Architecture)[] images)
    {
        var index = Manifest.WriteIndex([.. images.Select(image =>
            image.Image.Descriptor with { ArtifactType = null, Platform = new Platform("linux", image.Architecture) })]);
        await Registry.PushManifestAsync(Repository, index, tag: null, CancellationToken.None);
        return index;
    }

    public AttestationRequest Request(Digest image, params SampleReport[] reports) => new()
    {
        Requester = new Requester("urn:supplychain:local", "ci", new Dictionary<string, string>(StringComparer.Ordinal)),
        Image = Repository.At(image).ToString(),
        Reports = reports,
    };

    /// <summary>The ledger's entries, but for the documents that they rest on.</summary>
    public async ValueTask<IReadOnlyList<LedgerEntry>> EntriesAsync()
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in Ledger.Reader.ShowAsync(new EntryFilter(), CancellationToken.None))
        {
            if (entry.Kind != EntryKind.Document)
                entries.Add(entry);
        }

        return entries;
    }

    private static async Task<ISigningKey> OpenKeyAsync()
    {
        using var folder = new TempFolder();
        using var password = KeyPassword.From("made-for-tests");
        FileKey.Generate(folder["approval.key"], KeyType.EcdsaP256, password);
        return await FileKey.OpenAsync(folder["approval.key"], password, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        Ledger.Reader.Dispose();
        Registries.Dispose();
        _folder.Dispose();
    }
}
