// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>The example of the library's README compiles, and tells yes from no.</summary>
public sealed class ReadmeTests : IDisposable
{
    private static readonly byte[] File = [1, 2, 3];

    private readonly TrustWorld _world = new(new ManualClock());
    private readonly byte[] _bundle;

    public ReadmeTests()
    {
        using var author = new BundleAuthor(_world);
        _bundle = Encoding.UTF8.GetBytes(
            author.Sign(BundleDraft.All.Single(draft => draft.Name == "0.3 message"), File).ToJsonString());
    }

    [Fact]
    public void The_example_is_what_is_run_here() =>
        ReadmeCode.AssertStandsIn("src/Sigstore/README.md", "tests/Sigstore.Tests/ReadmeTests.cs");

    [Fact]
    public void It_names_the_signer()
    {
        var text = Encoding.UTF8.GetBytes(_world.Root().ToJsonString());
        Assert.True(TrustedRoot.TryRead(text, out var root, out var problem), problem);

        Assert.Equal($"signed by {LeafDraft.Workflow}, recorded by rekor.example.com", Explain(_bundle, File, root));
        Assert.StartsWith("no: SUBJECT_MISMATCH: ", Explain(_bundle, [1, 2, 4], root), StringComparison.Ordinal);
        Assert.StartsWith("no: SIGNATURE_MALFORMED: ", Explain([], File, root), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_the_public_instance_does_not_know_is_named() =>
        Assert.StartsWith("no: ", Explain(_bundle, File, PublicGoodRoot.Root), StringComparison.Ordinal);

    public void Dispose() => _world.Dispose();

    private static string Explain(byte[] json, byte[] artifact, TrustedRoot root)
    {
        var signer = new TrustedIdentity
        {
            Issuer = "https://token.actions.githubusercontent.com",
            Subject = "https://github.com/example/scanner/.github/workflows/scan.yml@refs/heads/main",
        };
        var trust = new BundleTrust { Root = root, Identities = [signer], Logs = 1, Times = 1, CertificateLogs = 1 };
        if (!Bundle.TryReadWithMaterial(json, out var bundle, out var problem)
            || !BundleVerifier.TryVerify(bundle, Artifact.FromBytes(artifact), trust, out var verified, out problem))
            return $"no: {problem.Reason}: {problem.Message}";

        return $"signed by {verified.Identity!.Subject}, recorded by {verified.LogEntries[0].Log.Host}";
    }
}
