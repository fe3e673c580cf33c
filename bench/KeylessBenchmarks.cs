// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;
using SupplyChain.Transparency;

namespace SupplyChain.Bench;

/// <summary>
/// Verification of bundles by certificate, from their bytes, with the trust root read before; beside the signatures and digests that each
/// needs. That one authority of the root issued another is known from when it was read, and no part of the floor.
/// </summary>
internal static class KeylessBenchmarks
{
    private const double Aim = 0.8;

    public static Task<Result> MessageAsync() => MeasureAsync("Keyless.Message", "0.3 message");

    public static Task<Result> EnvelopeAsync() => MeasureAsync("Keyless.Envelope", "0.3 envelope");

    public static Task<Result> Rekor2Async() => MeasureAsync("Keyless.Rekor2", "0.3 envelope in Rekor 2");

    private static async Task<Result> MeasureAsync(string name, string kind)
    {
        using var world = new TrustWorld(new ManualClock());
        using var author = new BundleAuthor(world);
        var draft = BundleDraft.All.Single(known => known.Name == kind);
        var artifact = Digest.Compute("the artifact of the benchmarks"u8);
        var content = draft.IsMessage
            ? "the artifact of the benchmarks"u8.ToArray()
            : StatementWriter.WriteImageSignature(artifact, Repository.Parse("registry.example.com/payments/api"));
        var json = author.Sign(draft, content);
        var trust = TrustIn(world);
        var bundle = Encoding.UTF8.GetBytes(json.ToJsonString());
        using var floor = Floor(json, draft, trust.Root);

        var (ratio, nanoseconds) = await Pairing.CompareAsync(floor.RunAsync, () =>
        {
            Verify(bundle, artifact, trust);
            return ValueTask.CompletedTask;
        });
        var bytes = Pairing.BytesOf(() => Verify(bundle, artifact, trust));
        return new Result(
            name, ratio, Aim, nanoseconds / 1000, string.Create(CultureInfo.InvariantCulture, $"us/{floor.Signatures}-raw-signatures,{bytes}-bytes-allocated"));
    }

    private static void Verify(byte[] content, Digest artifact, BundleTrust trust)
    {
        if (!Bundle.TryReadWithMaterial(content, out var bundle, out var problem) || !BundleVerifier.TryVerify(bundle, artifact, trust, out _, out problem))
            throw new InvalidOperationException(problem.Message);
    }

    private static BundleTrust TrustIn(TrustWorld world) =>
        TrustedRoot.TryRead(Encoding.UTF8.GetBytes(world.Root().ToJsonString()), out var root, out var problem)
            ? new BundleTrust
            {
                Root = root,
                Logs = 1,
                CertificateLogs = 1,
                Times = 1,
                Identities = [new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
            }
            : throw new InvalidOperationException(problem);

    // The leaf by its authority, the promise of the certificate log, the signature itself, the log's checkpoint and either its promise or
    // a timestamp.
    private static RawChecks Floor(JsonObject bundle, BundleDraft draft, TrustedRoot root)
    {
        var material = bundle["verificationMaterial"]!;
        var entry = material["tlogEntries"]![0]!;
        var certificate = Convert.FromBase64String(material["certificate"]!["rawBytes"]!.GetValue<string>());
        var body = Convert.FromBase64String(entry["canonicalizedBody"]!.GetValue<string>());
        var nodes = entry["inclusionProof"]!["hashes"]!.AsArray().Count;
        var checkpoint = Encoding.UTF8.GetBytes(entry["inclusionProof"]!["checkpoint"]!["envelope"]!.GetValue<string>());
        var signed = draft.IsMessage ? 32 : 50 + Convert.FromBase64String(bundle["dsseEnvelope"]!["payload"]!.GetValue<string>()).Length;
        var checks = new RawChecks()
            .Ecdsa(certificate.Length - 80).Ecdsa(certificate.Length - 150).Ecdsa(signed).Digests(1, body.Length).Digests(nodes, 65);
        if (!draft.IsInRekor2)
            return checks.Ecdsa(checkpoint.Length - 120).Ecdsa(150 + (body.Length / 3 * 4));

        if (!SignedNote.TryRead(checkpoint, out var note, out var problem))
            throw new InvalidOperationException(problem);
        var key = root.Logs.Single(log => log.CheckpointKey.Id == note.Signatures[0].KeyId).CheckpointKey;
        // Of a timestamp: the signature's imprint, the content, the attributes.
        return checks.Ed25519(() => key.Verify(note.Text, note.Signatures[0].Content)).Ecdsa(180).Digests(1, 72).Digests(1, 120);
    }
}
