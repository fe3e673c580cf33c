// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>The tag layout with certificates: every annotation that speaks for a signature is held against it.</summary>
public sealed class TagMaterialTests : IDisposable
{
    private static readonly Repository Repository = Repository.Parse("registry.example.com/payments/api");
    private static readonly Digest Image = Digest.Compute("image"u8);
    private static readonly byte[] Payload = SimpleSigning.WritePayload(Repository, Image);

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly TrustWorld _world;

    public TagMaterialTests() => _world = new TrustWorld(_clock);

    [Fact]
    public void A_signature_with_a_certificate_tells_who_made_it_and_when()
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);

        Assert.True(TryVerify(signed, out var signature, out var problem), problem?.Message);

        var material = Assert.Single(signature!.Signer.Material);
        Assert.Equal(LeafDraft.Workflow, signature.Signer.Identity!.Subject);
        Assert.Equal([_clock.GetUtcNow()], material.Times);
        Assert.Equal((1, 1, 1), (material.LogOperators, material.TimestampOperators, material.CertificateLogs.Count));
        Assert.False(material.LogEntries[0].IsIncluded);
    }

    [Fact]
    public void A_timestamp_alone_tells_the_time_too()
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload, isLogged: false);

        Assert.True(TryVerify(signed, out var signature, out var problem), problem?.Message);
        Assert.Equal((0, 1), (signature!.Signer.Material[0].LogOperators, signature.Signer.Material[0].TimestampOperators));
    }

    [Fact]
    public void An_attestation_is_timestamped_as_a_whole()
    {
        var signed = CosignAnnotations.OfStatement(_world, StatementWriter.WriteImageSignature(Image, Repository));
        Assert.True(TagMaterial.TryRead(signed.Annotations, out var material, out var problem), problem?.Message);

        Assert.True(
            EnvelopeVerifier.TryVerify(signed.Content, material, Image, Candidates(), Digest.Compute(signed.Content), out var statement, out problem),
            problem?.Message);

        Assert.Equal(1, statement.Signer.Material[0].TimestampOperators);
        Assert.Equal(1, statement.Signer.Material[0].LogOperators);
    }

    public static TheoryData<string, string, string?, string, string> Changed => new()
    {
        { "no certificate", TagMaterial.CertificateAnnotation, null, "SIGNATURE_MALFORMED", "stands without" },
        { "a certificate that is none", TagMaterial.CertificateAnnotation, "abc", "SIGNATURE_MALFORMED", "is not PEM of certificates alone" },
        { "a key in its place", TagMaterial.CertificateAnnotation, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "SIGNATURE_MALFORMED", "is not PEM of certificates alone" },
        { "a chain that is none", TagMaterial.ChainAnnotation, "abc", "SIGNATURE_MALFORMED", "is not PEM of certificates alone" },
        { "an entry that is none", TagMaterial.BundleAnnotation, "{", "SIGNATURE_MALFORMED", "is malformed" },
        { "an entry with more in it", TagMaterial.BundleAnnotation, """{"SignedEntryTimestamp":"","Payload":{},"more":1}""", "SIGNATURE_MALFORMED", "has an unknown member more" },
        { "a timestamp that is none", TagMaterial.TimestampAnnotation, """{"SignedRFC3161Timestamp":"AAAA"}""", "TIME_UNTRUSTED", "timestamp" },
        { "a timestamp of another form", TagMaterial.TimestampAnnotation, """{"Timestamp":"AAAA"}""", "SIGNATURE_MALFORMED", "has an unknown member Timestamp" },
    };

    [Theory, MemberData(nameof(Changed))]
    public void A_signature_does_not_count_with(string because, string annotation, string? value, string code, string words)
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);
        if (value is null)
            signed.Annotations.Remove(annotation);
        else
            signed.Annotations[annotation] = value;

        Assert.False(TryVerify(signed, out _, out var problem), because);

        Assert.True(code == problem!.Reason.Name, $"{because}: {problem.Reason} {problem.Message}");
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> ChangedEntries => new()
    {
        { "another time", "integratedTime", "TLOG_MISMATCH" },
        { "another index", "logIndex", "TLOG_MISMATCH" },
    };

    [Theory, MemberData(nameof(ChangedEntries))]
    public void An_entry_was_promised_as_it_is(string because, string member, string code)
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);
        var bundle = JsonNode.Parse(signed.Annotations[TagMaterial.BundleAnnotation])!;
        bundle["Payload"]![member] = bundle["Payload"]![member]!.GetValue<long>() + 1;
        signed.Annotations[TagMaterial.BundleAnnotation] = bundle.ToJsonString();

        Assert.False(TryVerify(signed, out _, out var problem), because);
        Assert.Equal(code, problem!.Reason.Name);
        Assert.Contains("the promise of inclusion was not signed by", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_speaks_for_another_signature_speaks_not_for_this()
    {
        var other = CosignAnnotations.OfPayload(_world, SimpleSigning.WritePayload(Repository, Digest.Compute("other"u8)));
        string[] names = [TagMaterial.BundleAnnotation, TagMaterial.TimestampAnnotation, TagMaterial.CertificateAnnotation];
        string[] reasons = ["TLOG_MISMATCH", "TIME_UNTRUSTED", "SIGNATURE_INVALID"];

        for (var i = 0; i < names.Length; i++)
        {
            var signed = CosignAnnotations.OfPayload(_world, Payload, isLogged: i != 1);
            signed.Annotations[names[i]] = other.Annotations[names[i]];

            Assert.False(TryVerify(signed, out _, out var problem), names[i]);
            Assert.True(reasons[i] == problem!.Reason.Name, $"{names[i]}: {problem.Reason} {problem.Message}");
        }
    }

    [Fact]
    public void A_certificate_without_a_trust_root_counts_for_nobody()
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);
        Assert.True(TagMaterial.TryRead(signed.Annotations, out var material, out var problem), problem?.Message);

        Assert.False(SimpleSigning.TryVerify(
            Payload, signed.Annotations[SimpleSigning.SignatureAnnotation], material, Image, new SignerCandidates([material.Certificate!.Key], []), out _, out problem));

        Assert.Equal(ReasonCode.KeyNotTrusted, problem.Reason);
        Assert.Contains("nobody with one is trusted", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_annotation_is_read_up_to_its_limit()
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);
        signed.Annotations[TagMaterial.ChainAnnotation] += new string('\n', Limits.TagMaterialLength);

        Assert.False(TagMaterial.TryRead(signed.Annotations, out _, out var problem));
        Assert.Equal(ReasonCode.EvidenceLimit, problem.Reason);
        Assert.Contains($"at most {Limits.TagMaterialLength} are read", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_has_a_limit()
    {
        var signed = CosignAnnotations.OfPayload(_world, Payload);
        signed.Annotations[TagMaterial.ChainAnnotation] =
            string.Concat(Enumerable.Repeat(signed.Annotations[TagMaterial.CertificateAnnotation], Limits.ChainCertificates + 1));

        Assert.False(TagMaterial.TryRead(signed.Annotations, out _, out var problem));
        Assert.Contains($"more than {Limits.ChainCertificates} certificates", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _world.Dispose();

    private SignerCandidates Candidates()
    {
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(_world.Root().ToJsonString()), out var root, out var problem), problem);
        return new SignerCandidates([], [root]);
    }

    private bool TryVerify(CosignAnnotations signed, out VerifiedSignature? signature, out SignatureProblem? problem)
    {
        signature = null;
        return TagMaterial.TryRead(signed.Annotations, out var material, out problem)
            && SimpleSigning.TryVerify(
                signed.Content, signed.Annotations[SimpleSigning.SignatureAnnotation], material, Image, Candidates(), out signature, out problem);
    }
}
