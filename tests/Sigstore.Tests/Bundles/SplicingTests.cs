// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>Parts of one sound bundle put into another, by the same signer and about the same image: only what says something else is wrong.</summary>
public sealed class SplicingTests : IDisposable
{
    private static readonly Digest Image = Digest.Compute("image"u8);

    private readonly TrustWorld _world = new(new ManualClock());

    public static TheoryData<string, bool, string> Parts => new()
    {
        { "verificationMaterial.tlogEntries", false, "TLOG_MISMATCH: the log entry is of payload sha256:" },
        { "verificationMaterial.tlogEntries", true, "TLOG_MISMATCH: the log entry is not the record of this signature, digest and signer" },
        { "verificationMaterial.timestampVerificationData", true, "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp is of another signature" },
        { "verificationMaterial.certificate", false, "SIGNATURE_INVALID: " },
        { "verificationMaterial.certificate", true, "SIGNATURE_INVALID: " },
        { "dsseEnvelope", false, "SIGNATURE_INVALID: " },
        { "dsseEnvelope.payload", false, "SIGNATURE_INVALID: " },
        { "dsseEnvelope.signatures", true, "SIGNATURE_INVALID: " },
        { "verificationMaterial.certificate dsseEnvelope", false, "TLOG_MISMATCH: the log entry is of payload sha256:" },
        { "verificationMaterial.certificate dsseEnvelope", true, "TLOG_MISMATCH: the log entry is not the record of this signature, digest and signer" },
        { "verificationMaterial.certificate dsseEnvelope verificationMaterial.tlogEntries", true, "TIME_UNTRUSTED: " },
    };

    [Theory, MemberData(nameof(Parts))]
    public void A_part_of_another_bundle_is_of_another_bundle(string parts, bool isVersion2, string expected)
    {
        var (bundle, other) = (Sign("a", isVersion2), Sign("b", isVersion2));
        foreach (var part in parts.Split(' '))
        {
            var path = part.Split('.');
            var (to, from) = path[..^1].Aggregate(((JsonNode)bundle, (JsonNode)other), (at, name) => (at.Item1[name]!, at.Item2[name]!));
            to[path[^1]] = from[path[^1]]!.DeepClone();
        }

        Assert.StartsWith(expected, Explain(bundle, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_timestamp_of_another_signature_tells_nothing_where_a_log_tells_the_time()
    {
        var bundle = Sign("a", isVersion2: false);
        bundle["verificationMaterial"]!["timestampVerificationData"] =
            Sign("b", isVersion2: false)["verificationMaterial"]!["timestampVerificationData"]!.DeepClone();

        Assert.Null(Explain(bundle, out var verified));
        Assert.Empty(verified!.Timestamps);
    }

    [Fact]
    public void A_time_that_no_log_signed_tells_nothing()
    {
        var bundle = Sign("a", isVersion2: true);
        bundle["verificationMaterial"]!["tlogEntries"]![0]!["integratedTime"] = "1795341600";

        Assert.Null(Explain(bundle, out var verified));
        Assert.Null(verified!.LogEntries[0].Time);
        bundle["verificationMaterial"]!.AsObject().Remove("timestampVerificationData");
        Assert.StartsWith("TIME_UNTRUSTED: too few logs and timestamp authorities told the time", Explain(bundle, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proof_beside_a_promise_has_to_hold_where_nobody_signed_its_root_too()
    {
        var bundle = Sign("a", isVersion2: false);
        var material = bundle["verificationMaterial"]!.AsObject();
        bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1";
        material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(material["certificate"]!.DeepClone()) };
        material.Remove("certificate");
        var proof = material["tlogEntries"]![0]!["inclusionProof"]!.AsObject();
        proof.Remove("checkpoint");

        Assert.Null(Explain(bundle, out var verified));
        Assert.False(verified!.LogEntries[0].IsIncluded);
        proof["rootHash"] = Convert.ToBase64String(new byte[32]);
        Assert.StartsWith("TLOG_MISMATCH: ", Explain(bundle, out _), StringComparison.Ordinal);
    }

    public void Dispose() => _world.Dispose();

    private JsonObject Sign(string type, bool isVersion2) => _world.Sign(
        StatementWriter.Write([StatementSubject.Of(Image)], type, writer => writer.WriteNullValue()), isVersion2 ? _world.Rekor2 : _world.Rekor1);

    private string? Explain(JsonObject json, out VerifiedMaterial? verified)
    {
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(_world.Root().ToJsonString()), out var root, out var unread), unread);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(json.ToJsonString()), out var bundle, out var problem), problem?.Message);
        return BundleVerifier.TryVerify(bundle, Image, new BundleTrust
        {
            Root = root,
            Logs = 1,
            Times = 1,
            CertificateLogs = 1,
            Identities = [new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
        }, out verified, out problem) ? null : $"{problem.Reason}: {problem.Message}";
    }
}
