// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles.Vectors;

/// <summary>The fixtures of sigstore-js: of its verifier, of its client, and the bundles it is tested with.</summary>
public sealed class SigstoreJsTests
{
    private const string Folder = "vectors/sigstore/sigstore-js";

    private const string PlainText =
        "PAYLOAD_TYPE: the envelope carries no in-toto statement [application/vnd.in-toto+json / text/plain]";

    private static readonly Lazy<JsonObject> Fixtures = new(() =>
        JsonNode.Parse(File.ReadAllBytes(SharedFiles.Require(Folder + "/fixtures.json")))!.AsObject());

    /// <summary>
    /// Why each case fails that has to, and four that need not there. Two hold an entry that names the signer as the bundle does not: the
    /// certificate of a managed key, and the bare key of a certificate; that library compares digest and signature only, and the client
    /// specification the signer too. One has a timestamp whose signer names another certificate than the trust root does (ESSCertIDv2, RFC
    /// 5816), which that library does not look at. One holds plain text, of which nobody knows what it speaks of: the kind of the payload is
    /// asked after everything else, so that everything else holds.
    /// </summary>
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["verify/duplicate-tlog-entry"] = "TLOG_MISMATCH: an entry of rekor.sigstore.dev is there twice",
        ["verify/tlog-threshold-2"] = "TLOG_MISMATCH: too few trusted logs recorded the signature [at least 2 trusted logs, of distinct operators / 1; the bundle has 1 log entry]",
        ["verify/ctlog-threshold-2"] = "CERT_INVALID: too few trusted logs recorded certificate ",
        ["verify/wrong-artifact"] = "SUBJECT_MISMATCH: the bundle is about another artifact",
        ["client/invalidBadSignature"] = "SIGNATURE_INVALID: the signature does not verify with the trusted key",
        ["verify/V1.MESSAGE_SIGNATURE.WITH_PUBLIC_KEY"] = "TLOG_MISMATCH: the log entry is of another signer's certificate or key",
        ["verify/V3.MESSAGE_SIGNATURE.TLOG_HASHEDREKORDV002"] = "TLOG_MISMATCH: the log entry is not the record of this signature, digest and signer",
        ["verify/V3.MESSAGE_SIGNATURE.WITH_SIGNING_CERT"] =
            "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp is signed by another certificate ",
        ["verify/V1.DSSE.TLOG_DSSE"] = PlainText,
    };

    /// <summary>Fixtures without a case, and why they fail.</summary>
    private static readonly Dictionary<string, string?> Further = new(StringComparer.Ordinal)
    {
        ["verifyBundles.V1.DSSE.WITH_SIGNING_CERT.TLOG_INTOTO"] = PlainText,
        ["verifyBundles.V3.DSSE.WITH_SIGNING_CERT.TLOG_DSSEV002"] = "TLOG_MISMATCH: log entries of kind dsse 0.0.2 are not known here",
        ["clientInvalid.v1.messageSignature.invalidExpiredCert"] = "CERT_INVALID: certificate 51c2a969add0 is valid from ",
        ["clientValid.v1.messageSignature.withSigningCert"] = null,
        ["clientValid.v1.dsse.withSigningCert"] = PlainText,
        ["clientValid.v2.messageSignature.withSigningCert"] = null,
        ["clientValid.v3.messageSignature.withSigningCert"] = null,
        ["clientValid.v3.dsse.withSigningCert"] = PlainText,
    };

    private static readonly string[] Shipped =
    [
        "bundleV01-dsse-no-proof",
        "bundleV01-dsse-with-proof",
        "bundleV01-full-cert-chain",
        "bundleV01-intoto-no-proof",
        "bundleV01-intoto-with-proof",
        "bundleV02-dsse",
        "bundleV02-intoto",
    ];

    /// <summary>What is accepted of it, by its place among the fixtures or its file.</summary>
    internal static IEnumerable<(string Name, Func<BundleVector> Read)> Accepted =>
        Further.Where(static known => known.Value is null).Select(static known => known.Key)
            .Append("verifyBundles.V1.MESSAGE_SIGNATURE.WITH_SIGNING_CERT")
            .Select(static path => (path, (Func<BundleVector>)(() => Case(WithoutRoot(Find(path))) with { CertificateLogs = 1 })))
            .Concat(Shipped.Select(static name => (name, (Func<BundleVector>)(() => Case(WithoutRoot(Ship(name))) with { CertificateLogs = 1 }))));

    public static TheoryData<string> FurtherPaths => [.. Further.Keys];

    public static TheoryData<string> ShippedNames => [.. Shipped];

    public static TheoryData<string> Cases => SharedFiles.Find(Folder + "/fixtures.json") is null
        ? ["(absent)"]
        : [.. Fixtures.Value["cases"]!.AsArray().Select(found => found!["id"]!.GetValue<string>())];

    [Theory, MemberData(nameof(Cases))]
    public void Judges_as_sigstore_js_does(string id)
    {
        var found = Fixtures.Value["cases"]!.AsArray().Single(known => known!["id"]!.GetValue<string>() == id)!.AsObject();
        var bundle = WithoutRoot(Find(found["bundle"]!.GetValue<string>()));
        if (found["mutate"] is not null)
            bundle["verificationMaterial"]!["tlogEntries"]!.AsArray().Add(bundle["verificationMaterial"]!["tlogEntries"]![0]!.DeepClone());

        var require = found["require"];
        // What counts timestamp authorities there counts times here: a log's promise tells one too.
        var outcome = (Case(bundle) with
        {
            Artifact = found["artifactUtf8"] is { } other ? Artifact.FromBytes(Encoding.UTF8.GetBytes(other.GetValue<string>()))
                : bundle["messageSignature"] is not null ? TheArtifact
                : BundleVector.SubjectOf(Utf8(bundle)),
            Key = found["key"] is { } key ? BundleVector.ReadKey(Find(key.GetValue<string>()).GetValue<string>()) : null,
            Logs = Number(require, "tlog", 1),
            Times = Number(require, "tsa", 1),
            CertificateLogs = Number(require, "ctlog", 0),
            Identities = found["identity"] is { } identity
                ? [new TrustedIdentity
                    {
                        Issuer = identity["issuer"]!.GetValue<string>(),
                        Subject = Encoding.UTF8.GetString(Convert.FromBase64String(identity["sanBase64"]!.GetValue<string>())),
                    }]
                : null,
        }).Judge();

        if (Reasons.TryGetValue(id, out var expected))
            Assert.StartsWith(expected, outcome, StringComparison.Ordinal);
        else
            Assert.Equal((null, "pass"), (outcome, found["expect"]!.GetValue<string>()));
    }

    [Theory, MemberData(nameof(FurtherPaths))]
    public void Has_further_fixtures(string path)
    {
        var expected = Further[path];
        var outcome = Case(WithoutRoot(Find(path))).Judge();

        if (expected is null)
            Assert.Null(outcome);
        else
            Assert.StartsWith(expected, outcome, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_by_a_key_whose_entry_is_of_a_certificate_is_not_the_logs()
    {
        var signed = Case(Find("clientValid.v1.dsse.withPublicKey")) with { Key = BundleVector.ReadKey(Find("clientValid.publicKeys.key-1").GetValue<string>()) };

        Assert.Equal("TLOG_MISMATCH: the log entry is of another signer's certificate or key", signed.Judge());
        Assert.StartsWith("SIGNATURE_INVALID: ", (signed with { Key = TestSigner.P256.Key }).Judge(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(ShippedNames))]
    public void Ships_bundles_that_verify(string name)
    {
        Assert.Null(Case(WithoutRoot(Ship(name))).Judge());
    }

    [Fact]
    public void A_root_among_a_bundles_certificates_is_refused()
    {
        // As bundle-with-root-cert_fail of the conformance suite has it, which is younger than these.
        foreach (var bundle in new[] { Ship("bundleV01-full-cert-chain"), Find("clientValid.v1.messageSignature.withSigningCert"), Find("clientInvalid.v1.dsse.invalidBadSignature") })
        {
            Assert.StartsWith(
                "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has the root certificate ", Case(bundle).Judge(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Its_trust_root_is_refused_as_it_is()
    {
        Assert.False(TrustedRoot.TryRead(Utf8(Find("verifyTrust.trustedRootJSON")), out _, out var problem));
        Assert.Equal("the trust root.certificateAuthorities[1].certChain.certificates[1] did not issue the one before it", problem);
    }

    /// <summary>Chains that its tests of certificates go through.</summary>
    [Theory]
    [InlineData("leaf", new[] { "intermediate", "root" }, null)]
    [InlineData("leaf", new[] { "root" }, "was not issued by certificate ")]
    [InlineData("invalidleaf", new[] { "invalidint", "root" }, "is an authority's own")]
    [InlineData("deepleaf", new[] { "intermediate", "root" }, "was not issued by certificate ")]
    [InlineData("fulcioleaf", new[] { "intermediate", "root" }, "was not issued by certificate ")]
    [InlineData("nosan", new[] { "intermediate", "root" }, null)]
    [InlineData("nokeyusage", new[] { "intermediate", "root" }, "is not for signatures; expected the usage digitalSignature")]
    [InlineData("poisoned", new[] { "intermediate", "root" }, "has the critical extension ")]
    public void Has_chains(string leaf, string[] authority, string? expected)
    {
        var certificate = ReadCertificate(leaf);

        CertificatePath.TryVerify(
            certificate, [.. authority.Select(ReadCertificate)], CertificateOids.CodeSigning, certificate.NotBefore, out var problem);
        if (expected is null)
            Assert.Null(problem);
        else
            Assert.Contains(expected, problem, StringComparison.Ordinal);
        if (leaf == "nosan")
        {
            Assert.False(CertificateIdentity.TryRead(certificate, out _, out problem));
            Assert.EndsWith("has no subject alternative name", problem, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Its trust root as the format has it: a chain starts with the certificate that issues leaves, a key without a start is not to be
    /// believed (trust-root-tlog-missing-validity-start_fail of the conformance suite), and the log signs as rekor.sigstore.dev.
    /// </summary>
    private static JsonNode Root
    {
        get
        {
            var root = Find("verifyTrust.trustedRootJSON").DeepClone();
            var chain = root["certificateAuthorities"]![1]!["certChain"]!["certificates"]!.AsArray();
            var anchor = chain[0]!;
            chain.RemoveAt(0);
            chain.Add(anchor);
            root["tlogs"]![0]!["baseUrl"] = "https://rekor.sigstore.dev";
            foreach (var log in root["tlogs"]!.AsArray().Concat(root["ctlogs"]!.AsArray()))
                log!["publicKey"]!.AsObject().TryAdd("validFor", new JsonObject { ["start"] = "2021-01-01T00:00:00Z" });
            foreach (var authority in root["certificateAuthorities"]!.AsArray().Concat(root["timestampAuthorities"]!.AsArray()))
                authority!["validFor"]!.AsObject().TryAdd("start", "2021-01-01T00:00:00Z");
            return root;
        }
    }

    private static Artifact TheArtifact =>
        Artifact.FromBytes(Convert.FromBase64String(Fixtures.Value["verifyBundles"]!["ARTIFACT"]!["$buffer"]!.GetValue<string>()));

    private static BundleVector Case(JsonNode bundle) => new()
    {
        Bundle = Utf8(bundle),
        Root = BundleVector.ReadRoot(Utf8(Root)),
        Artifact = bundle["messageSignature"] is not null ? TheArtifact : BundleVector.SubjectOf(Utf8(bundle)),
    };

    private static JsonNode Ship(string name) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), "tests/bundles", name + ".sigstore")))!;

    private static JsonNode WithoutRoot(JsonNode bundle)
    {
        var copy = bundle.DeepClone();
        if (copy["verificationMaterial"]!["x509CertificateChain"]?["certificates"] is JsonArray { Count: > 1 } chain
            && ReadCertificate(Convert.FromBase64String(chain[^1]!["rawBytes"]!.GetValue<string>())).IsSelfIssued)
        {
            chain.RemoveAt(chain.Count - 1);
        }

        return copy;
    }

    private static JsonNode Find(string path) => path.Split('.').Aggregate((JsonNode)Fixtures.Value, (node, name) => node[name]!);

    private static Certificate ReadCertificate(string name)
    {
        var pem = string.Concat(Find($"coreCerts.certificates.{name}").GetValue<string>().Split('\n').Select(line => line.Trim() + "\n"));
        var fields = System.Security.Cryptography.PemEncoding.Find(pem);
        return ReadCertificate(Convert.FromBase64String(pem[fields.Base64Data]));
    }

    private static Certificate ReadCertificate(byte[] der)
    {
        Assert.True(Certificate.TryRead(der, out var certificate, out var problem), problem);
        return certificate;
    }

    private static byte[] Utf8(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static int Number(JsonNode? require, string name, int otherwise) => require is null ? otherwise : require[name]?.GetValue<int>() ?? 0;
}
