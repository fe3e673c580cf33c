// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>VEX documents made for these tests, whole or with one thing changed.</summary>
internal static class VexText
{
    public static readonly Digest Image = Digest.Compute("image"u8);

    public const string OpenVex = """
        { "@context": "https://openvex.dev/ns/v0.2.0", "author": "Example Security", "timestamp": "2026-11-01T10:00:00Z", "version": 1,
          "statements": [
            { "vulnerability": { "name": "cve-2026-0001", "aliases": ["GHSA-AAAA-bbbb-cccc", "no id at all"] }, "timestamp": "2026-11-02T10:00:00Z",
              "products": [{ "@id": "pkg:oci/shop@sha256%3Aaa", "subcomponents": [{ "@id": "pkg:apk/alpine/openssl@3.3.1-r0" }] }],
              "status": "not_affected", "justification": "vulnerable_code_not_present", "impact_statement": "left out of the build" },
            { "vulnerability": { "name": "CVE-2026-0002" }, "products": [{ "@id": "https://example.com/shop" }], "status": "affected" }] }
        """;

    public const string Csaf = """
        { "document": { "category": "csaf_vex", "csaf_version": "2.0", "publisher": { "name": "Example Security" },
            "tracking": { "status": "final", "current_release_date": "2026-11-01T10:00:00Z" } },
          "product_tree": {
            "branches": [{ "category": "vendor", "name": "Example", "branches": [
              { "category": "product_version", "name": "1", "product": { "product_id": "shop", "name": "anything",
                  "product_identification_helper": { "purl": "pkg:oci/shop?repository_url=registry.local%2Fshop" } } },
              { "category": "product_version", "name": "1", "product": { "product_id": "openssl", "name": "pkg:apk/alpine/other",
                  "product_identification_helper": { "purl": "pkg:apk/alpine/openssl@3.3.1-r0" } } }] }],
            "full_product_names": [
              { "product_id": "platform", "name": "a platform", "product_identification_helper": { "cpe": "cpe:/o:example:os:1" } },
              { "product_id": "bash", "name": "bash", "product_identification_helper": { "purl": "pkg:rpm/example/bash" } }],
            "relationships": [
              { "category": "default_component_of", "product_reference": "openssl", "relates_to_product_reference": "shop",
                "full_product_name": { "product_id": "openssl-in-shop", "name": "x" } },
              { "category": "default_component_of", "product_reference": "openssl", "relates_to_product_reference": "platform",
                "full_product_name": { "product_id": "openssl-on-platform", "name": "x" } },
              { "category": "default_component_of", "product_reference": "bash", "relates_to_product_reference": "platform",
                "full_product_name": { "product_id": "bash-on-platform", "name": "x" } },
              { "category": "default_component_of", "product_reference": "bash", "relates_to_product_reference": "openssl-in-shop",
                "full_product_name": { "product_id": "bash-in-openssl-in-shop", "name": "x" } }],
            "product_groups": [{ "group_id": "all", "product_ids": ["openssl-in-shop"] }] },
          "vulnerabilities": [
            { "cve": "CVE-2026-0001", "ids": [{ "system_name": "x", "text": "EXAMPLE-1" }],
              "product_status": { "known_not_affected": ["openssl-in-shop"], "fixed": ["openssl-on-platform"] },
              "flags": [{ "label": "vulnerable_code_not_present", "group_ids": ["all"] }],
              "threats": [{ "category": "impact", "details": "not used", "product_ids": ["openssl-in-shop"] }, { "category": "impact", "details": "Moderate" }] }] }
        """;

    public const string CycloneDx = """
        { "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 2,
          "metadata": { "timestamp": "2026-11-01T10:00:00Z", "supplier": { "name": "Example Security" },
            "component": { "bom-ref": "image", "type": "container", "name": "shop", "purl": "pkg:oci/shop@sha256%3Aaa?arch=amd64" } },
          "components": [{ "bom-ref": "openssl", "type": "library", "name": "openssl", "purl": "pkg:apk/alpine/openssl@3.3.1-r0?arch=x86_64" }],
          "vulnerabilities": [
            { "id": "CVE-2026-0001", "references": [{ "id": "GHSA-aaaa-bbbb-cccc" }],
              "analysis": { "state": "not_affected", "justification": "code_not_present", "detail": "left out", "firstIssued": "2026-10-01T10:00:00Z" },
              "affects": [{ "ref": "openssl" }] }] }
        """;

    public const string Spdx = """
        { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
          "@graph": [
            { "type": "security_VexNotAffectedVulnAssessmentRelationship", "spdxId": "urn:x:vex", "creationInfo": "_:made", "from": "urn:x:cve",
              "to": ["urn:x:image"], "security_assessedElement": "urn:x:openssl", "security_justificationType": "vulnerableCodeNotPresent",
              "security_impactStatement": "left out", "security_publishedTime": "2026-10-01T10:00:00Z" },
            { "type": "security_Vulnerability", "spdxId": "urn:x:cve", "name": "a name",
              "externalIdentifier": [{ "type": "ExternalIdentifier", "externalIdentifierType": "cve", "identifier": "CVE-2026-0001" }] },
            { "type": "software_Package", "spdxId": "urn:x:image", "name": "shop", "software_packageUrl": "pkg:oci/shop@sha256%3Aaa" },
            { "type": "software_Package", "spdxId": "urn:x:openssl", "name": "openssl",
              "externalIdentifier": [{ "type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:apk/alpine/openssl@3.3.1-r0" }] },
            { "type": "SpdxDocument", "spdxId": "urn:x:doc", "name": "doc", "creationInfo": "_:made" },
            { "type": "CreationInfo", "@id": "_:made", "specVersion": "3.0.1", "created": "2026-11-01T10:00:00Z", "createdBy": ["urn:x:who"] },
            { "type": "Organization", "spdxId": "urn:x:who", "name": "Example Security" }] }
        """;

    public static VexDocument Accept(string text)
    {
        Assert.True(VexReader.TryRead(Encoding.UTF8.GetBytes(text), out var document, out var problem), problem);
        Assert.Equal(Digest.Compute(Encoding.UTF8.GetBytes(text)), document.Digest);
        return document;
    }

    public static VexDocument Accept(string text, Action<JsonObject> edit) => Accept(Edit(text, edit));

    public static string Refuse(string text)
    {
        Assert.False(VexReader.TryRead(Encoding.UTF8.GetBytes(text), out var document, out var problem), "the document was accepted");
        Assert.Null(document);
        return problem;
    }

    public static string Refuse(string text, Action<JsonObject> edit) => Refuse(Edit(text, edit));

    /// <summary>A statement in one line, but for its time.</summary>
    public static string Describe(VexStatement statement) =>
        $"{string.Join('|', statement.Aliases.Prepend(statement.Vulnerability))} {statement.Status} {statement.Justification}/{statement.ImpactStatement} "
        + string.Join(' ', statement.Products.Select(product =>
            Name(product) + (product.Subcomponents.Count == 0 ? "" : $"[{string.Join(',', product.Subcomponents.Select(Name))}]")));

    private static string Name(VexComponent component) =>
        component.Purl is null && component.Digests.Count == 0 ? "-" : string.Join('+', component.Digests.Select(digest => digest.ToString()).Prepend(component.Purl));

    private static string Edit(string text, Action<JsonObject> edit)
    {
        var document = JsonNode.Parse(text)!.AsObject();
        edit(document);
        return document.ToJsonString();
    }
}
