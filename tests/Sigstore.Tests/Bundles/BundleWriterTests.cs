// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>What is written of signatures and of those who saw them, and that it comes back.</summary>
public sealed class BundleWriterTests : IDisposable
{
    private readonly TrustWorld _world = new(new ManualClock());

    [Fact]
    public void A_bundle_with_nothing_but_a_key_is_what_it_always_was()
    {
        var envelope = TestSigner.P256.Envelope(Samples.Statement);
        var key = TestSigner.P256.Key;

        var bundle = Encoding.UTF8.GetString(Bundle.Write(envelope, key));

        Assert.Equal(
            $$$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"{{{key.Hint}}}"}},"dsseEnvelope":{"payload":"{{{Convert.ToBase64String(Samples.Statement)}}}","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"{{{Convert.ToBase64String(envelope.Signature.Span)}}}"}]}}""",
            bundle);
        Assert.Equal(bundle, Encoding.UTF8.GetString(Bundle.Write(envelope, key, BundleMaterial.None)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_read_of_a_bundle_is_written_again(bool isVersion2)
    {
        var original = _world.Sign(Samples.Statement, isVersion2 ? _world.Rekor2 : _world.Rekor1);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(original.ToJsonString()), out var bundle, out var problem), problem?.Message);

        var written = Bundle.Write(bundle.Envelope!, bundle.Material!.Certificate!.Key, bundle.Material);

        Assert.True(JsonNode.DeepEquals(original, JsonNode.Parse(written)), Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void A_signature_of_an_artifact_is_written_with_its_digest()
    {
        var artifact = Digest.Compute(Samples.Payload);
        var signature = Convert.FromBase64String(TestSigner.P256.SignPayload(Samples.Payload));

        var written = Bundle.Write(artifact, signature, TestSigner.P256.Key, BundleMaterial.None);

        Assert.True(Bundle.TryRead(written, out var bundle, out var problem), problem?.Message);
        Assert.Equal(artifact, bundle.Message!.StatedDigest);
        Assert.True(bundle.Message.TryVerify(artifact, [TestSigner.P256.Key], out _, out problem), problem?.Message);
        Assert.Throws<ArgumentException>(() => Bundle.Write(Digest.FromSha512(new byte[64]), signature, TestSigner.P256.Key, BundleMaterial.None));
    }

    [Fact]
    public void A_certificate_of_another_key_is_not_written()
    {
        var original = _world.Sign(Samples.Statement, _world.Rekor2);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(original.ToJsonString()), out var bundle, out _));

        Assert.Throws<ArgumentException>(() => Bundle.Write(bundle.Envelope!, TestSigner.P256.Key, bundle.Material!));
        Assert.Throws<ArgumentException>(() => LoggedSignature.Of(bundle.Envelope!, TestSigner.P256.Key).With(bundle.Material!.Certificate!));
    }

    [Fact]
    public void More_than_is_read_is_not_written()
    {
        var timestamps = Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[1], Limits.BundleEntries).ToList();
        BundleMaterial.Of(certificate: null, [], timestamps);

        Assert.Throws<ArgumentException>(() => BundleMaterial.Of(certificate: null, [], [.. timestamps, new byte[1]]));
        var entries = Enumerable.Repeat(ReadEntry(), Limits.BundleEntries).ToList();
        BundleMaterial.Of(certificate: null, entries, []);
        Assert.Throws<ArgumentException>(() => BundleMaterial.Of(certificate: null, [.. entries, entries[0]], []));
    }

    [Fact]
    public void An_entry_without_the_proof_that_its_version_needs_is_not_written()
    {
        var entry = ReadEntry(content =>
        {
            var material = content["verificationMaterial"]!.AsObject();
            content["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1";
            material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(material["certificate"]!.DeepClone()) };
            material.Remove("certificate");
            material["tlogEntries"]![0]!.AsObject().Remove("inclusionProof");
        });

        Assert.Throws<ArgumentException>(() => BundleMaterial.Of(certificate: null, [entry], []));
    }

    private LogEntry ReadEntry(Action<JsonObject>? change = null)
    {
        var content = _world.Sign(Samples.Statement, _world.Rekor1);
        change?.Invoke(content);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(content.ToJsonString()), out var bundle, out var problem), problem?.Message);
        return bundle.Material!.LogEntries[0];
    }

    public void Dispose() => _world.Dispose();
}
