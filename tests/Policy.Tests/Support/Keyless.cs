// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>Signatures with certificates: by the workflow of <see cref="LeafDraft"/>, unless a test says otherwise.</summary>
internal static class Keyless
{
    /// <summary>The identity of <see cref="Leaf"/> in full, as a policy writes it.</summary>
    public const string Identity = $$"""
        {
          "issuer": "https://token.actions.githubusercontent.com", "subject": "{{LeafDraft.Workflow}}",
          "buildSigner": "{{LeafDraft.Workflow}}", "buildSignerDigest": "aa", "runnerEnvironment": "github-hosted",
          "sourceRepository": "https://github.com/example/scanner", "sourceRepositoryDigest": "aa", "sourceRepositoryRef": "refs/heads/main",
          "sourceRepositoryId": "482193", "sourceRepositoryOwner": "https://github.com/example", "sourceRepositoryOwnerId": "77",
          "buildConfig": "{{LeafDraft.Workflow}}", "buildConfigDigest": "aa", "buildTrigger": "push",
          "sourceRepositoryVisibility": "public", "deploymentEnvironment": "production", "tokenSubject": "repo:example/scanner:environment:production"
        }
        """;

    private static readonly TrustWorld World = new(new ManualClock(Now));

    /// <summary>A certificate that says everything.</summary>
    public static LeafDraft Leaf { get; } = new()
    {
        Extensions =
        [
            Extension(9, LeafDraft.Workflow), Extension(10, "aa"), Extension(11, "github-hosted"), Extension(12, "https://github.com/example/scanner"),
            Extension(13, "aa"), Extension(14, "refs/heads/main"), Extension(15, "482193"), Extension(16, "https://github.com/example"),
            Extension(17, "77"), Extension(18, LeafDraft.Workflow), Extension(19, "aa"), Extension(20, "push"), Extension(22, "public"),
            Extension(23, "production"), Extension(24, "repo:example/scanner:environment:production"),
        ],
    };

    /// <summary>The trust root that speaks for it, as a document called private.</summary>
    public static string TrustRoot { get; } = Document("private", World.Root());

    /// <summary>Another trust root, which does not.</summary>
    public static string OtherTrustRoot { get; } = Document("other", Other());

    /// <summary>The first one, with everything of it ended years ago.</summary>
    public static string EndedTrustRoot { get; } = Document("private", Ended(World.Root()));

    /// <summary>An attestor of one identity.</summary>
    public static string Attestor(string name, string identity, string more = "", string purpose = "approval") => $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}} }
        spec: { purpose: {{purpose}}, members: [{ identity: {{identity.ReplaceLineEndings(" ")}}, trustRoot: private{{more}} }] }
        """;

    /// <summary>A signature of the image, as the trust roots of a set see it.</summary>
    public static StoredSignature Sign(
        PolicySet set, LeafDraft? leaf = null, SignatureLog? log = null, StorageLayout layout = StorageLayout.Bundle, bool isFirstVersion = false)
    {
        var payload = StatementWriter.WriteImageSignature(Image.Manifest.Digest, Deployed);
        Assert.True(TryVerify(set, payload, out var statement, out var problem, leaf, log, isFirstVersion), problem?.Message);
        Assert.True(VerifiedSignature.TryFromStatement(statement, out var signature, out problem), problem?.Message);
        return new StoredSignature(signature, layout);
    }

    /// <summary>An approval of the image with a certificate; none where no trust root of the set speaks for it.</summary>
    public static IReadOnlyList<StoredStatement> Approve(PolicySet set) =>
        TryVerify(set, Approval().Statement.Payload.ToArray(), out var statement, out _) ? [new StoredStatement(statement, StorageLayout.Bundle)] : [];

    /// <summary>A statement with a certificate, as the trust roots of a set see it.</summary>
    public static StoredStatement Attest(PolicySet set, byte[] payload)
    {
        Assert.True(TryVerify(set, payload, out var statement, out var problem), problem?.Message);
        return new StoredStatement(statement, StorageLayout.Bundle);
    }

    /// <summary>A statement in a bundle with a certificate.</summary>
    public static byte[] Bundle(byte[] payload, LeafDraft? leaf = null, bool isFirstVersion = false)
    {
        var bundle = World.Sign(payload, World.Rekor1, leaf ?? Leaf);
        if (isFirstVersion)
            MakeFirstVersion(bundle);
        return Encoding.UTF8.GetBytes(bundle.ToJsonString());
    }

    public static SignatureLog Rekor2 => World.Rekor2;

    private static bool TryVerify(
        PolicySet set, byte[] payload, [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem,
        LeafDraft? leaf = null, SignatureLog? log = null, bool isFirstVersion = false)
    {
        var bundle = World.Sign(payload, log ?? World.Rekor1, leaf ?? Leaf);
        if (isFirstVersion)
            MakeFirstVersion(bundle);
        Assert.True(SupplyChain.Sigstore.Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(bundle.ToJsonString()), out var read, out problem), problem?.Message);
        var candidates = new SignerCandidates(set.Keys, set.RootsOf(set.Attestors.Select(attestor => attestor.Name)));
        return EnvelopeVerifier.TryVerify(read, Image.Manifest.Digest, candidates, DigestOf("bundle"), out statement, out problem);
    }

    // A promise, and no proof; a chain of certificates.
    private static void MakeFirstVersion(JsonObject bundle)
    {
        bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1";
        var material = bundle["verificationMaterial"]!.AsObject();
        material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(material["certificate"]!.DeepClone()) };
        material.Remove("certificate");
        material["tlogEntries"]![0]!.AsObject().Remove("inclusionProof");
    }

    private static JsonObject Ended(JsonObject root)
    {
        string[] lists = ["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"];
        foreach (var known in lists.SelectMany(list => root[list]!.AsArray()))
            (known!["publicKey"] ?? known)["validFor"] = new JsonObject { ["start"] = "2020-01-01T00:00:00Z", ["end"] = "2021-01-01T00:00:00Z" };
        return root;
    }

    private static JsonObject Other()
    {
        using var other = new TrustWorld(new ManualClock(Now));
        return other.Root();
    }

    public static string Document(string name, JsonObject root) => new JsonObject
    {
        ["apiVersion"] = "supplychain/v1",
        ["kind"] = "TrustRoot",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["trustedRoot"] = root.ToJsonString(), ["signingConfig"] = SigningConfigText() },
    }.ToJsonString();

    /// <summary>A signing configuration with a log and a timestamp authority.</summary>
    public static string SigningConfigText(int logVersion = 1) => $$$"""
        {"mediaType":"{{{SigningConfig.MediaType}}}","rekorTlogUrls":[{{{Service("rekor", logVersion)}}}],"rekorTlogConfig":{"selector":"ANY"},
         "tsaUrls":[{{{Service("time", 1)}}}],"tsaConfig":{"selector":"ANY"}}
        """;

    private static string Service(string name, int version) =>
        $$$"""{"url":"https://{{{name}}}.example.com","majorApiVersion":{{{version}}},"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"example"}""";

    private static X509Extension Extension(int number, string text) =>
        new($"1.3.6.1.4.1.57264.1.{number}", WorkloadAuthority.Utf8String(text), critical: false);
}
