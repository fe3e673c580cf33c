// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests;

/// <summary>An OCI layout that serves <c>registry.local</c> with one small image, and keys to sign it with.</summary>
internal sealed class ImageWorld : IDisposable
{
    public const string Host = "registry.local";

    public static readonly Repository Repository = Repository.Parse("registry.local/demo/shop");

    public static readonly DateTimeOffset Time = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly Registries _registries;

    public ImageWorld()
    {
        Directory.CreateDirectory(Layout);
        _registries = new Registries(
            [new RegistryOptions { Host = Host, LayoutPath = Layout, TagSettleTime = TimeSpan.FromMilliseconds(1) }],
            new DockerConfig(_folder["no-docker-config.json"], TimeProvider.System), TimeProvider.System);
    }

    public string Layout => _folder["registry"];

    /// <summary>The option that makes a command use this registry.</summary>
    public string[] Registry => ["--registry", $"{Host}=oci:{Layout}"];

    public Registries Registries => _registries;

    public IRegistry Direct => _registries.For(Repository);

    /// <summary>The path of a file or folder beside the registry.</summary>
    public string this[string name] => _folder[name];

    public void Dispose()
    {
        _registries.Dispose();
        _folder.Dispose();
    }

    /// <summary>Stores an image whose only content is <paramref name="content"/>.</summary>
    public async Task<Descriptor> PushImageAsync(string content)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var config = """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"""u8.ToArray();
        var layer = System.Text.Encoding.UTF8.GetBytes(content);
        var configDescriptor = new Descriptor(MediaTypes.ImageConfig, Digest.Compute(config), config.Length);
        var layerDescriptor = new Descriptor(
            "application/vnd.oci.image.layer.v1.tar", Digest.Compute(layer), layer.Length);
        await Direct.PushBlobAsync(Repository, configDescriptor, config, cancellation);
        await Direct.PushBlobAsync(Repository, layerDescriptor, layer, cancellation);
        var manifest = Manifest.WriteImage(artifactType: null, configDescriptor, [layerDescriptor]);
        await Direct.PushManifestAsync(Repository, manifest, tag: null, cancellation);
        return new Descriptor(manifest.MediaType, manifest.Digest, manifest.Content.Length);
    }

    /// <summary>Makes a key file of that name; its password is its name.</summary>
    public async Task<FileKey> MakeKeyAsync(string name, KeyType type = KeyType.EcdsaP256)
    {
        using var password = KeyPassword.From(name);
        FileKey.Generate(_folder[name], type, password);
        return await FileKey.OpenAsync(_folder[name], password, TestContext.Current.CancellationToken);
    }

    /// <summary>Signs a draft and stores it beside its image.</summary>
    public async Task<SignedArtifact> SignAsync(FileKey key, Draft draft)
    {
        var signed = await new ArtifactSigner(key).SignAsync(draft, TestContext.Current.CancellationToken);
        await new ArtifactStore(_registries).StoreAsync(
            Repository, signed, Time, TestContext.Current.CancellationToken);
        return signed;
    }

    /// <summary>Stores a bundle beside an image, as it is.</summary>
    public async Task AttachAsync(Descriptor image, JsonObject bundle)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var content = System.Text.Encoding.UTF8.GetBytes(bundle.ToJsonString());
        var layer = new Descriptor(MediaTypes.SigstoreBundle, Digest.Compute(content), content.Length);
        await Direct.PushBlobAsync(Repository, layer, content, cancellation);
        await Direct.PushBlobAsync(Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, cancellation);
        await Direct.PushManifestAsync(
            Repository, Manifest.WriteImage(MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], image), tag: null, cancellation);
    }

    /// <summary>An approval of that attestor.</summary>
    public static Draft Approval(Descriptor image, string attestor, DateTimeOffset verified) => Drafts.OfApproval(
        Repository, image, new VerificationSummary
        {
            VerifierId = $"supplychain:attestor/{attestor}",
            TimeVerified = verified,
            ResourceUri = new ImageResource(Repository, image.Digest).ToString(),
            PolicyUri = "supplychain:policy/demo",
            PolicyDigest = Digest.Compute("a policy"u8),
            Result = VerificationResult.Passed,
            VerifiedLevels = ["SUPPLYCHAIN_SIGNING_POLICY"],
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ApprovalExtensions.ValidUntil] = verified.AddDays(1).UtcDateTime.ToString(
                    "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
        });

    public static string NameOf(Descriptor image) => $"{Repository}@{image.Digest}";
}
