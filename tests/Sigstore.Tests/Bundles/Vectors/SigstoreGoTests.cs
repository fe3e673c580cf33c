// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles.Vectors;

/// <summary>The cases of sigstore-go's own tests of its verifier.</summary>
public sealed class SigstoreGoTests
{
    private const string Folder = "vectors/sigstore/sigstore-go";
    private const string Provenance = "pkg/testing/data/bundles/sigstore.js@2.0.0-provenance.sigstore.json";
    private const string Publish = "examples/bundle-publish.json";

    /// <summary>
    /// The outcome of each case, which starts with the reason where it fails. The case without any requirement differs: there the signature's
    /// time is not looked at, and so missing. Here a log's promise is verified whether it was asked for or not, and its time is a trusted one.
    /// </summary>
    private static readonly Dictionary<string, string?> Outcomes = new(StringComparer.Ordinal)
    {
        ["provenance-tlog1-obs1"] = null,
        ["provenance-digest-and-identity"] = null,
        ["provenance-sct-required"] = null,
        ["provenance-no-timestamp-required-but-cert-signed"] = null,
        ["dsse-2sigs"] = "SIGNATURE_MALFORMED: the envelope has several signatures",
    };

    private static readonly string[] WithRoots = ["examples/bundle-provenance.json", "pkg/testing/data/bundles/dsse.sigstore.json"];

    /// <summary>What is accepted of it, by file.</summary>
    internal static IEnumerable<(string Name, Func<BundleVector> Read)> Accepted =>
    [
        (Provenance, static () => Strict(Read(Provenance))),
        (Publish, static () => Strict(Read(Publish)) with { CertificateLogs = 0, Key = PublishKey }),
        .. WithRoots.Select(static file => (file, (Func<BundleVector>)(() => Strict(WithoutRoot(file))))),
    ];

    public static TheoryData<string> FilesWithRoots => [.. WithRoots];

    public static TheoryData<string> Cases => SharedFiles.Find(Folder + "/cases.json") is { } file
        ? [.. ReadCases(file).Where(found => found.TryGetProperty("bundle", out _)).Select(found => found.GetProperty("id").GetString()!)]
        : ["(absent)"];

    [Theory, MemberData(nameof(Cases))]
    public void Judges_as_sigstore_go_does(string id)
    {
        var found = ReadCases(SharedFiles.Require(Folder + "/cases.json")).Single(known => known.GetProperty("id").GetString() == id);
        var (bundle, require) = (Read(found.GetProperty("bundle").GetString()!), found.GetProperty("require"));
        var outcome = new BundleVector
        {
            Bundle = bundle,
            Root = BundleVector.ReadRoot(Read(found.GetProperty("root").GetString()!)),
            Artifact = found.TryGetProperty("digest", out var digest) ? Digest.Parse(digest.GetString()!)
                : id == "dsse-2sigs" ? Samples.Image
                : BundleVector.SubjectOf(bundle),
            Identities = found.TryGetProperty("identities", out var identities) ? [.. identities.EnumerateArray().Select(ReadIdentity)] : null,
            Logs = Number(require, "tlog"),
            Times = Number(require, "observerTimestamps"),
            CertificateLogs = Number(require, "sct"),
        }.Judge();

        if (Outcomes[id] is { } expected)
            Assert.StartsWith(expected, outcome, StringComparison.Ordinal);
        else
            Assert.Null(outcome);
    }

    [Fact]
    public void Every_case_with_a_bundle_has_an_outcome_and_the_others_are_refused_at_construction()
    {
        var cases = ReadCases(SharedFiles.Require(Folder + "/cases.json"));

        Assert.Equal(Outcomes.Keys.Order(), Cases.Select(row => row.Data).Order());
        // "threshold-lt-1"; "no-time-source" cannot be written, since every number is a required member.
        Assert.Equal(["no-time-source", "threshold-lt-1"], cases.Select(found => found.GetProperty("id").GetString()).Except(Outcomes.Keys).Order());
        var trust = new BundleTrust { Root = Root, Logs = 0, Times = 0, CertificateLogs = 0 };
        Assert.Throws<ArgumentOutOfRangeException>(() => trust with { Times = -10 });
        Assert.Throws<ArgumentOutOfRangeException>(() => trust with { Logs = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => trust with { CertificateLogs = -1 });
    }

    [Fact]
    public void A_certificate_needs_a_trusted_time_whoever_asks_for_none()
    {
        var bundle = JsonNode.Parse(Read(Provenance))!.AsObject();
        bundle["verificationMaterial"]!["tlogEntries"]!.AsArray().Clear();

        Assert.StartsWith("TIME_UNTRUSTED: nobody told when it was signed", Case(Encoding.UTF8.GetBytes(bundle.ToJsonString())).Judge(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_verified_is_told()
    {
        var verified = Case(Read(Provenance)).Accept();

        Assert.Equal("https://slsa.dev/provenance/v1", verified.Statement!.PredicateType);
        Assert.Equal("https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main", verified.Identity!.Subject);
        Assert.Equal("https://github.com/sigstore/sigstore-js", verified.Identity.SourceRepository);
        Assert.Equal("rekor.sigstore.dev", Assert.Single(verified.LogEntries).Log.Host);
    }

    [Fact]
    public void Another_package_is_not_what_the_provenance_is_about()
    {
        var other = Case(Read(Provenance)) with { Artifact = Digest.FromSha512(new byte[64]) };

        Assert.StartsWith("SUBJECT_MISMATCH: the statement speaks of another artifact [sha512:0000", other.Judge(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Bundles that it ships and that say what they are verified with: the conformance suite came later, and asks for a root among a
    /// bundle's certificates to be refused (bundle-with-root-cert_fail). Without it they verify.
    /// </summary>
    [Theory, MemberData(nameof(FilesWithRoots))]
    public void Ships_bundles_that_verify_without_the_root_they_bring(string file)
    {
        Assert.StartsWith(
            "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has the root certificate",
            (Case(Read(Provenance)) with { Bundle = Read(file) }).Judge(), StringComparison.Ordinal);
        Assert.Null(Strict(WithoutRoot(file)).Judge());
    }

    [Fact]
    public void A_bundle_by_a_registrys_key_verifies_with_that_key_alone()
    {
        var signed = Case(Read(Publish)) with { Key = PublishKey };

        Assert.Null(signed.Judge());
        Assert.StartsWith("KEY_NOT_TRUSTED: no key is trusted for this", (signed with { Key = null }).Judge(), StringComparison.Ordinal);
        Assert.StartsWith("SIGNATURE_INVALID: ", (signed with { Key = TestSigner.P256.Key }).Judge(), StringComparison.Ordinal);
        Assert.StartsWith("CERT_INVALID: a log has to have recorded the signer's certificate", (signed with { CertificateLogs = 1 }).Judge(), StringComparison.Ordinal);
    }

    private static TrustedRoot Root => BundleVector.ReadRoot(Read("pkg/testing/data/trusted-roots/public-good.json"));

    private static PublicKey PublishKey => BundleVector.ReadKey(Encoding.ASCII.GetString(Read("examples/publish_key.pub")));

    private static byte[] WithoutRoot(string file)
    {
        var bundle = JsonNode.Parse(Read(file))!;
        var chain = bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"]!.AsArray();
        chain.RemoveAt(chain.Count - 1);
        return Encoding.UTF8.GetBytes(bundle.ToJsonString());
    }

    private static BundleVector Strict(byte[] bundle) => Case(bundle) with { Logs = 1, Times = 1, CertificateLogs = 1 };

    private static BundleVector Case(byte[] bundle) => new()
    {
        Bundle = bundle,
        Root = Root,
        Artifact = BundleVector.SubjectOf(bundle),
        Logs = 0,
        Times = 0,
    };

    // What is unanchored there starts with what it says.
    private static TrustedIdentity ReadIdentity(JsonElement identity)
    {
        NameMatch subject;
        if (identity.TryGetProperty("sanRegex", out var regex))
            Assert.True(NameMatch.TryParsePattern(regex.GetString() + ".*", out subject!, out var problem), problem);
        else
            subject = identity.GetProperty("san").GetString()!;
        return new TrustedIdentity { Issuer = identity.GetProperty("issuer").GetString()!, Subject = subject };
    }

    private static int Number(JsonElement require, string name) => require.TryGetProperty(name, out var number) ? number.GetInt32() : 0;

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), file));

    private static List<JsonElement> ReadCases(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(found => found.Clone())];
    }
}
