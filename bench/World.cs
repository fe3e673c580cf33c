// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>A key, an image's name and an approval of it.</summary>
internal sealed class World : IDisposable
{
    private World(ISigningKey key, Repository repository) => (Key, Repository) = (key, repository);

    public ISigningKey Key { get; }

    public Repository Repository { get; }

    public Digest Image { get; } = Digest.Compute("the image of the benchmarks"u8);

    public static async Task<World> CreateAsync(string repository = "registry.example.com/payments/api")
    {
        using var folder = new TempFolder();
        using var password = KeyPassword.From("made for benchmarks");
        FileKey.Generate(folder["bench.key"], KeyType.EcdsaP256, password);
        return new World(await FileKey.OpenAsync(folder["bench.key"], password, CancellationToken.None), Repository.Parse(repository));
    }

    public async Task<SignedArtifact> ApproveAsync()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var draft = Drafts.OfApproval(
            Repository, new Descriptor(MediaTypes.ImageManifest, Image, 1234), new VerificationSummary
            {
                VerifierId = "supplychain:attestor/bench",
                TimeVerified = now,
                ResourceUri = new ImageResource(Repository, Image).ToString(),
                PolicyUri = "supplychain:policy/bench",
                PolicyDigest = Digest.Compute("policy"u8),
                InputAttestations = [new InputAttestation(null, Digest.Compute("input"u8))],
                Result = VerificationResult.Passed,
                VerifiedLevels = ["SUPPLYCHAIN_SIGNING_POLICY"],
            });
        return await new ArtifactSigner(Key).SignAsync(draft, CancellationToken.None);
    }

    public async Task<byte[]> BundleAsync() => (await ApproveAsync()).Content.ToArray();

    /// <summary>Writes the policies of the benchmarks into a folder.</summary>
    public async Task WritePoliciesAsync(string folder, string host)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in PolicyFiles(host))
            await File.WriteAllBytesAsync(Path.Combine(folder, file.Path), file.Content);
    }

    public PolicySet LoadPolicies(string host)
    {
        var loaded = PolicyLoader.Load(PolicyFiles(host));
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }

    private IReadOnlyList<PolicyFile> PolicyFiles(string host)
    {
        var attestor =
            "apiVersion: supplychain/v1\nkind: Attestor\nmetadata: { name: bench }\nspec:\n  purpose: approval\n  members:\n    - publicKey: |\n"
            + string.Concat(Key.PublicKey.ToPem().TrimEnd('\n').Split('\n').Select(line => $"        {line}\n"));
        var admission =
            $"""
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: {"{"} name: bench {"}"}
            spec:
              registries: ["{host}"]
              default:
                enforcement: enforce
                tags: deny
                repository: bound
                require: {"{"} approval: {"{"} attestor: bench, maximumAge: 30d {"}"} {"}"}
            """;
        return
        [
            new PolicyFile("attestor.yaml", Encoding.UTF8.GetBytes(attestor)),
            new PolicyFile("admission.yaml", Encoding.UTF8.GetBytes(admission)),
        ];
    }

    public void Dispose() => (Key as IDisposable)?.Dispose();
}
