// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>What is in an image, by its SBOM.</summary>
public sealed class SbomTests
{
    private const string CycloneDxType = "https://cyclonedx.org/bom";
    private const string SpdxType = "https://spdx.dev/Document";

    private const string CycloneDx = """
        { "bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": { "component": { "type": "container", "name": "denied" } },
          "components": [
            { "type": "library", "name": "openssl", "version": "3.0.20-1", "purl": "pkg:deb/debian/openssl@3.0.20-1", "licenses": [{ "license": { "id": "Apache-2.0" } }],
              "components": [{ "type": "file", "name": "inner", "version": "1", "purl": "pkg:generic/inner@1", "licenses": [{ "expression": "MIT OR GPL-2.0+" }] }] }] }
        """;

    private const string Spdx = """
        { "spdxVersion": "SPDX-2.3", "packages": [
            { "name": "image", "primaryPackagePurpose": "CONTAINER" },
            { "name": "openssl", "versionInfo": "3.0.20-1", "licenseConcluded": "NOASSERTION", "licenseDeclared": "Apache-2.0",
              "externalRefs": [{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/openssl@3.0.20-1" }] }] }
        """;

    private const string Spdx3 = """
        { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
          "@graph": [
            { "type": "software_Package", "spdxId": "urn:x:openssl", "name": "openssl", "software_packageVersion": "3.0.20-1",
              "software_packageUrl": "pkg:deb/debian/openssl@3.0.20-1" },
            { "type": "Relationship", "spdxId": "urn:x:r", "relationshipType": "hasDeclaredLicense", "from": "urn:x:openssl",
              "to": ["https://spdx.org/licenses/Apache-2.0"] }] }
        """;

    private const string Body = """
        { "formats": ["cyclonedx", "spdx"], "signedBy": ["scanner-service"], "deniedLicenses": ["AGPL-3.0-only"], "deniedPackages": ["denied"],
          "requiredFields": ["version", "purl", "license"] }
        """;

    private static readonly PolicySet Set = Checking("sbom", Body);

    [Theory]
    [InlineData(CycloneDxType, CycloneDx)]
    [InlineData(CycloneDxType + "/v1.6", CycloneDx)]
    [InlineData(SpdxType, Spdx)]
    [InlineData(SpdxType + "/v2.3", Spdx)]
    [InlineData(SpdxType, Spdx3)]
    [InlineData(SpdxType + "/v3", Spdx3)]
    public void An_SBOM_of_either_format_passes(string type, string sbom) => AssertPasses(Judge(Set, With(Attest(TestKey.Scanner, type, sbom))));

    /// <summary>Why, path in the CycloneDX document, new value (null removes), reason, found.</summary>
    public static TheoryData<string, string, string?, string, string> Wrong => new()
    {
        { "no format", "bomFormat", null, "SBOM_MALFORMED", "neither" },
        { "both formats", "spdxVersion", "\"SPDX-2.3\"", "SBOM_MALFORMED", "at once" },
        { "an unknown version", "specVersion", "\"2.0\"", "SBOM_MALFORMED", "2.0" },
        { "components that are no list", "components", "{}", "SBOM_MALFORMED", "no list" },
        { "a component that is no object", "components[+]", "1", "SBOM_MALFORMED", "no object" },
        { "a component without a name", "components[0].name", null, "SBOM_MALFORMED", "without a name" },
        { "no components", "components", "[]", "SBOM_INCOMPLETE", "none" },
        { "components left out", "components", null, "SBOM_INCOMPLETE", "none" },
        { "a component without a version", "components[0].version", null, "SBOM_INCOMPLETE", "openssl" },
        { "a component without a package URL", "components[0].purl", "\"\"", "SBOM_INCOMPLETE", "openssl" },
        { "a nested component without a licence", "components[0].components[0].licenses", null, "SBOM_INCOMPLETE", "inner" },
        { "a denied licence", "components[0].licenses[0].license.id", "\"AGPL-3.0-only\"", "LICENSE_DENIED", "openssl 3.0.20-1 (AGPL-3.0-only)" },
        { "a denied licence by its older id", "components[0].licenses[0].license.id", "\"agpl-3.0\"", "LICENSE_DENIED", "agpl-3.0" },
        { "a denied licence as a choice", "components[0].components[0].licenses[0].expression", "\"MIT OR (AGPL-3.0-only AND BSD-2-Clause)\"", "LICENSE_DENIED", "inner" },
        { "a denied package", "components[0].components[0].name", "\"denied\"", "PACKAGE_DENIED", "denied 1" },
        { "a licence in no known form", "components[0].licenses[0]", "{}", "SBOM_MALFORMED", "licence" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void An_SBOM_with_something_that_is_denied_or_missing_fails(string because, string path, string? value, string reason, string actual)
    {
        var check = Judge(Set, With(Attest(TestKey.Scanner, CycloneDxType, Provenances.Edit(CycloneDx, path, value))));

        Assert.True(check.Reason?.Name == reason, $"{because}: {check}");
        AssertFails(check, check.Reason!, "", actual);
    }

    [Theory]
    [InlineData("packages[1].licenseDeclared", "\"AGPL-3.0-only\"", "LICENSE_DENIED")]
    [InlineData("packages[1].licenseConcluded", "\"AGPL-3.0\"", "LICENSE_DENIED")]
    [InlineData("packages[1].licenseDeclared", "\"NONE\"", "SBOM_INCOMPLETE")]
    [InlineData("packages[1].externalRefs", null, "SBOM_INCOMPLETE")]
    [InlineData("packages[1].name", "\"denied\"", "PACKAGE_DENIED")]
    [InlineData("packages[1].primaryPackagePurpose", "\"CONTAINER\"", "SBOM_INCOMPLETE")]
    [InlineData("spdxVersion", "\"SPDX-3.0\"", "SBOM_MALFORMED")]
    public void So_does_one_of_SPDX(string path, string? value, string reason)
    {
        var check = Judge(Set, With(Attest(TestKey.Scanner, SpdxType, Provenances.Edit(Spdx, path, value))));

        Assert.True(check.Verdict == Verdict.Fail && check.Reason?.Name == reason, check.ToString());
    }

    [Fact]
    public void A_later_version_of_a_licence_is_another_one()
    {
        var set = Checking("sbom", """{ "formats": ["cyclonedx"], "signedBy": ["scanner-service"], "deniedLicenses": ["GPL-2.0-or-later"] }""");

        AssertFails(Judge(set, With(Attest(TestKey.Scanner, CycloneDxType, CycloneDx))), ReasonCode.LicenseDenied, "GPL-2.0-or-later", "MIT OR GPL-2.0+");
        AssertPasses(Judge(
            Checking("sbom", """{ "formats": ["cyclonedx"], "signedBy": ["scanner-service"], "deniedLicenses": ["GPL-2.0-only"] }"""),
            With(Attest(TestKey.Scanner, CycloneDxType, CycloneDx))));
    }

    [Theory]
    [InlineData("pkg:deb/debian/openssl", "\"pkg:deb/debian/openssl@3\"", false)]
    [InlineData("pkg:deb/debian/openssl", "\"pkg:apk/alpine/openssl@3\"", true)]
    [InlineData("pkg:deb/debian/openssl", "\"\"", false)]
    [InlineData("openssl", "\"pkg:apk/alpine/openssl@3\"", false)]
    public void A_package_is_denied_by_name_or_by_package_URL(string denied, string purl, bool passes)
    {
        var set = Checking("sbom", $$"""{ "formats": ["cyclonedx"], "signedBy": ["scanner-service"], "deniedPackages": ["{{denied}}"] }""");
        var check = Judge(set, With(Attest(TestKey.Scanner, CycloneDxType, Provenances.Edit(CycloneDx, "components[0].purl", purl))));

        if (passes)
            AssertPasses(check);
        else
            AssertFails(check, ReasonCode.PackageDenied, denied, "openssl 3.0.20-1");
    }

    [Fact]
    public void Only_the_formats_of_the_policy_count()
    {
        var set = Checking("sbom", """{ "formats": ["spdx"], "signedBy": ["scanner-service"] }""");

        AssertFails(Judge(set, With(Attest(TestKey.Scanner, CycloneDxType, CycloneDx))), ReasonCode.SbomFormat, "spdx", "cyclonedx");
        AssertFails(Judge(set, With(Attest(TestKey.Scanner, SpdxType, CycloneDx))), ReasonCode.SbomMalformed, "SBOM", "another format");
        AssertFails(Judge(set, With(Attest(TestKey.Stranger, SpdxType, Spdx))), ReasonCode.SbomMissing, "scanner-service", "none");
    }

    [Fact]
    public void Every_platform_needs_its_own()
    {
        var evidence = Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan().For("manifest-arm64"));
        StoredStatement About(string manifest) => Attest(TestKey.Scanner, SpdxType, Spdx, DigestOf(manifest));

        AssertPasses(Judge(SbomTests.Set, evidence with { Statements = [About("manifest-amd64"), About("manifest-arm64")] }));
        AssertFails(Judge(SbomTests.Set, evidence with { Statements = [About("index")] }), ReasonCode.SbomMissing, "SBOM", "none");
        var check = Judge(SbomTests.Set, evidence with { Statements = [About("manifest-amd64"), About("index")] });
        AssertFails(check, ReasonCode.SbomMissing, "SBOM", "none");
        Assert.Contains("linux/arm64", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_SBOM_may_be_larger_than_other_predicates_but_not_boundless()
    {
        var check = (SbomCheck)SbomTests.Set.SigningPolicies[0].Checks[1];

        Assert.Equal(Limits.SbomBytes, check.LargestPredicate);
        Assert.InRange(check.LargestPredicate, Limits.JudgedPredicateBytes + 1, Limits.AttestationBytes);
    }

    [Fact]
    public void More_components_than_are_read_are_refused()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"name":"a"}""", Limits.SbomComponents + 1));

        AssertFails(
            Judge(SbomTests.Set, With(Attest(TestKey.Scanner, CycloneDxType, $$"""{ "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{{many}}] }"""))),
            ReasonCode.SbomMalformed, "SBOM", "more than");
    }

    [Theory]
    [InlineData("""{ "formats": ["spdx"] }""", "signedBy is required")]
    [InlineData("""{ "signedBy": ["scanner-service"] }""", "formats is required")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": [] }""", "is an empty list")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["swid"] }""", "'swid' is not accepted")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "deniedLicenses": [] }""", "is an empty list")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "deniedLicenses": ["MIT OR GPL-2.0"] }""", "is not one licence")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "deniedLicenses": ["GPL*"] }""", "is not one licence")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "deniedPackages": ["log4j*"] }""", "wildcards are not accepted")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "requiredFields": ["supplier"] }""", "'supplier' is not accepted")]
    [InlineData("""{ "signedBy": ["release"], "formats": ["spdx"] }""", "is for approval")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "source": "submitted" }""", "the requester alone vouches for submitted SBOMs")]
    [InlineData("""{ "signedBy": ["scanner-service"], "formats": ["spdx"], "binding": "asserted" }""", "only source: submitted takes SBOMs that name none")]
    [InlineData("""{ "source": "attested", "formats": ["spdx"] }""", "signedBy is required")]
    public void A_check_that_says_nothing_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("sbom", body), StringComparison.Ordinal);
}
