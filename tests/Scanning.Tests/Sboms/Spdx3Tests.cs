// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Tests.Sboms;

/// <summary>SBOMs in SPDX 3.0: packages wherever they stand, and licences by relation.</summary>
public sealed class Spdx3Tests
{
    private const string Text = """
        { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
          "@graph": [
            { "type": "Relationship", "spdxId": "urn:x:r1", "relationshipType": "hasDeclaredLicense", "from": "urn:x:openssl", "to": ["urn:x:apache"] },
            { "type": "Relationship", "spdxId": "urn:x:r2", "relationshipType": "hasConcludedLicense", "from": "urn:x:openssl", "to": ["urn:x:either"] },
            { "type": "Relationship", "spdxId": "urn:x:r3", "relationshipType": "hasConcludedLicense", "from": "urn:x:model", "to": ["urn:x:nothing"] },
            { "type": "software_Package", "spdxId": "urn:x:image", "name": "shop", "software_primaryPurpose": "container" },
            { "type": "software_Package", "spdxId": "urn:x:openssl", "name": "openssl", "software_packageVersion": "3.3.1-r0",
              "externalIdentifier": [
                { "type": "ExternalIdentifier", "externalIdentifierType": "cpe23", "identifier": "cpe:2.3:a:x" },
                { "type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:apk/alpine/openssl@3.3.1-r0" }] },
            { "type": "ai_AIPackage", "spdxId": "urn:x:model", "name": "model", "software_packageUrl": "pkg:generic/model@1" },
            { "type": "software_File", "spdxId": "urn:x:file", "name": "file" },
            { "type": "simplelicensing_LicenseExpression", "spdxId": "urn:x:apache", "simplelicensing_licenseExpression": "Apache-2.0" },
            { "type": "simplelicensing_LicenseExpression", "spdxId": "urn:x:nothing", "simplelicensing_licenseExpression": "NOASSERTION" },
            { "type": "expandedlicensing_DisjunctiveLicenseSet", "spdxId": "urn:x:either",
              "expandedlicensing_member": ["https://spdx.org/licenses/MIT", "urn:x:own", "urn:x:either"] },
            { "type": "expandedlicensing_CustomLicense", "spdxId": "urn:x:own", "name": "Our own" }] }
        """;

    [Fact]
    public void Packages_of_every_kind_have_their_names_versions_and_licences()
    {
        var sbom = Accept(_ => { });

        Assert.Equal((SbomFormat.Spdx, "3.0.1"), (sbom.Format, sbom.Version));
        Assert.Equal(
            [
                "openssl 3.3.1-r0 pkg:apk/alpine/openssl@3.3.1-r0 Apache-2.0|MIT|Our own",
                "model  pkg:generic/model@1 ",
            ],
            sbom.Components.Select(part => $"{part.Name} {part.Version} {part.Purl} {string.Join('|', part.Licenses)}"));
    }

    [Fact]
    public void A_package_inside_another_element_is_not_missed()
    {
        var sbom = Accept(edit => edit["@graph"]![0]!["to"] = new JsonArray(new JsonObject
        {
            ["type"] = "software_Package", ["spdxId"] = "urn:x:hidden", ["name"] = "hidden",
        }));

        Assert.Contains(sbom.Components, part => part.Name is "hidden");
    }

    [Theory]
    [InlineData("name", "a package without name")]
    [InlineData("spdxId", "a package without spdxId")]
    public void A_package_without_name_or_id_is_refused(string member, string expected) => Assert.Contains(
        expected, Refuse(edit => edit["@graph"]![4]!.AsObject().Remove(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("@type", "software_Package")]
    [InlineData("type", "spdx:Software/Package")]
    [InlineData("type", "https://spdx.org/rdf/3.0.1/terms/Software/Package")]
    public void A_type_in_another_form_is_refused_where_it_could_hide_a_package(string member, string type) => Assert.Contains(
        "in another form than SPDX writes it",
        Refuse(edit => edit["@graph"]!.AsArray().Add(new JsonObject { [member] = type, ["spdxId"] = "urn:x:hidden" })), StringComparison.Ordinal);

    [Theory]
    [InlineData("expandedlicensing_NoAssertionLicense", "")]
    [InlineData("https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense", "")]
    [InlineData("https://spdx.org/licenses/AGPL-3.0-only", "AGPL-3.0-only")]
    [InlineData("urn:x:AGPL-3.0-NONE", "urn:x:AGPL-3.0-NONE")]
    public void A_licence_is_what_the_relation_leads_to(string to, string license)
    {
        var sbom = Accept(edit => edit["@graph"]![2]!["to"] = new JsonArray(to));

        Assert.Equal(license, string.Join('|', sbom.Components.Single(part => part.Name is "model").Licenses));
    }

    [Fact]
    public void What_says_to_be_version_2_and_has_a_graph_is_refused() =>
        Assert.Equal("it says to be SPDX 2 and SPDX 3 at once", Refuse(edit => edit["spdxVersion"] = "SPDX-3.0"));

    [Fact]
    public void A_graph_of_another_context_is_refused() => Assert.Equal(
        "its @context 'https://example.com' is not that of SPDX 3.0.0 or 3.0.1", Refuse(edit => edit["@context"] = "https://example.com"));

    private static Sbom Accept(Action<JsonObject> edit)
    {
        var (sbom, problem) = Read(edit);
        return sbom ?? throw new InvalidOperationException(problem);
    }

    private static string Refuse(Action<JsonObject> edit)
    {
        var (sbom, problem) = Read(edit);
        Assert.Null(sbom);
        return problem!;
    }

    private static (Sbom? Sbom, string? Problem) Read(Action<JsonObject> edit)
    {
        var node = JsonNode.Parse(Text)!.AsObject();
        edit(node);
        Assert.True(StrictJson.TryParse(Encoding.UTF8.GetBytes(node.ToJsonString()), out var document, out var problem), problem);
        using (document)
        {
            SbomReader.TryRead(document.RootElement, out var sbom, out problem);
            return (sbom, problem);
        }
    }
}
