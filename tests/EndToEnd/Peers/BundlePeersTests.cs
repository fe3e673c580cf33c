// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.EndToEnd.Peers;

/// <summary>
/// Bundles with certificates, made against simulated authorities and logs, in the eyes of others: cosign 3 and sigstore-js accept what
/// we accept, and all three refuse it after one change.
/// </summary>
public sealed class BundlePeersTests : IDisposable
{
    private const string Issuer = "https://token.actions.githubusercontent.com";

    private static readonly byte[] Artifact = "an artifact"u8.ToArray();

    private readonly TrustWorld _world = new(TimeProvider.System);
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public BundlePeersTests()
    {
        File.WriteAllText(_folder["root.json"], _world.Root().ToJsonString());
        File.WriteAllBytes(_folder["artifact"], Artifact);
    }

    // This release of sigstore-js takes the digest of a payload, and not of what is signed, for that of an envelope's record in version 2 of the log.
    public static TheoryData<string, bool, bool> Logs => new() { { "Rekor, version 1", false, true }, { "Rekor, version 2", true, false } };

    public static TheoryData<string, bool, string> Changes => new()
    {
        { "the payload", false, "dsseEnvelope.payload" },
        { "the signature", true, "dsseEnvelope.signatures.0.sig" },
        { "the record", false, "verificationMaterial.tlogEntries.0.canonicalizedBody" },
        { "the timestamp", true, "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp" },
        { "the certificate", false, "verificationMaterial.certificate.rawBytes" },
    };

    [Theory, MemberData(nameof(Logs))]
    public async Task A_bundle_is_accepted_by_cosign_and_by_sigstore_js(string because, bool isVersion2, bool isKnownToSigstoreJs)
    {
        var bundle = Sign(isVersion2);

        Assert.True(Accepts(bundle, out var problem), $"{because}: {problem?.Message}");
        (await AskCosignAsync(bundle)).Succeeded();
        if (isKnownToSigstoreJs)
            Assert.Equal(LeafDraft.Workflow, (await AskSigstoreJsAsync(bundle)).Succeeded().Output.Trim());
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_bundle_is_refused_by_all_with_one_bit_changed_in(string because, bool isVersion2, string path)
    {
        var bundle = Sign(isVersion2);
        FlipBit(bundle, path);

        Assert.False(Accepts(bundle, out _), because);
        (await AskCosignAsync(bundle)).Refused("");
        (await AskSigstoreJsAsync(bundle)).Refused("");
    }

    [Fact]
    public async Task A_bundle_of_somebody_else_is_refused_by_all()
    {
        var bundle = Sign(isVersion2: false, new LeafDraft { Subject = WorkloadAuthority.Names((6, "https://example.com/somebody")) });

        Assert.False(Accepts(bundle, out var problem));
        Assert.Equal("KEY_NOT_TRUSTED", problem!.Reason.Name);
        (await AskCosignAsync(bundle)).Refused("expected SAN value");
        (await AskSigstoreJsAsync(bundle)).Refused("UNTRUSTED_SIGNER_ERROR");
    }

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    private JsonObject Sign(bool isVersion2, LeafDraft? leaf = null) => _world.Sign(
        StatementWriter.WriteImageSignature(Digest.Compute(Artifact), Repository.Parse("registry.example.com/payments/api")),
        isVersion2 ? _world.Rekor2 : _world.Rekor1, leaf);

    private bool Accepts(JsonObject bundle, out SignatureProblem? problem)
    {
        Assert.True(TrustedRoot.TryRead(File.ReadAllBytes(_folder["root.json"]), out var root, out var why), why);
        var trust = new BundleTrust
        {
            Root = root,
            Identities = [new TrustedIdentity { Issuer = Issuer, Subject = LeafDraft.Workflow }],
            Logs = 1,
            CertificateLogs = 1,
            Times = 1,
        };
        return Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(bundle.ToJsonString()), out var read, out problem)
            && BundleVerifier.TryVerify(read, Digest.Compute(Artifact), trust, out _, out problem);
    }

    private async Task<ToolResult> AskCosignAsync(JsonObject bundle) => await Cosign.Require(3).VerifyBlobAttestationAsync(
        _folder["root.json"], Store(bundle), _folder["artifact"], LeafDraft.Workflow, Issuer, PredicateTypes.ImageSignature, Stop);

    private async Task<ToolResult> AskSigstoreJsAsync(JsonObject bundle) =>
        await SigstoreJs.Require().VerifyAsync(_folder["root.json"], Store(bundle), _folder["artifact"], LeafDraft.Workflow, Issuer, Stop);

    private string Store(JsonObject bundle)
    {
        File.WriteAllText(_folder["bundle.json"], bundle.ToJsonString());
        return _folder["bundle.json"];
    }

    private static void FlipBit(JsonNode bundle, string path)
    {
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(bundle, (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
        var bytes = Convert.FromBase64String(parent[steps[^1]]!.GetValue<string>());
        bytes[bytes.Length / 2] ^= 1;
        parent[steps[^1]] = Convert.ToBase64String(bytes);
    }
}
