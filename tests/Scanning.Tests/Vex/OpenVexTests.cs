// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>OpenVEX, of today and of its first version.</summary>
public sealed class OpenVexTests
{
    private const string Product = "pkg:oci/shop@sha256%3Aaa";

    [Fact]
    public void Who_says_what_of_which_product_when_and_why()
    {
        var document = VexText.Accept(VexText.OpenVex);

        Assert.Equal((VexFormat.OpenVex, "Example Security", "2026-11-01"), (document.Format, document.Author, $"{document.Time:yyyy-MM-dd}"));
        Assert.Equal(
            [
                "CVE-2026-0001|GHSA-aaaa-bbbb-cccc NotAffected vulnerable_code_not_present/left out of the build "
                + "pkg:oci/shop@sha256%3Aaa[pkg:apk/alpine/openssl@3.3.1-r0]",
                "CVE-2026-0002 Affected / -",
            ],
            document.Statements.Select(VexText.Describe));
        Assert.Equal(["2026-11-02", "2026-11-01"], document.Statements.Select(statement => $"{document.TimeOf(statement):yyyy-MM-dd}"));
    }

    [Fact]
    public void The_first_version_names_everything_by_text_and_parts_beside_the_products()
    {
        var document = VexText.Accept("""
            { "@context": "https://openvex.dev/ns", "author": "Example", "timestamp": "2026-11-01T10:00:00Z", "version": "1",
              "statements": [{ "vulnerability": "CVE-2026-0001", "products": ["pkg:oci/a", "pkg:oci/b"], "subcomponents": ["pkg:apk/alpine/openssl"],
                               "status": "fixed" }] }
            """);

        Assert.Equal(
            "CVE-2026-0001 Fixed / pkg:oci/a[pkg:apk/alpine/openssl] pkg:oci/b[pkg:apk/alpine/openssl]",
            VexText.Describe(Assert.Single(document.Statements)));
    }

    /// <summary>A product as written, and what it is found by.</summary>
    public static TheoryData<string, string> Products => new()
    {
        { "\"registry.local/shop:1\"", "-" },
        { """{ "identifiers": { "purl": "pkg:oci/shop" } }""", "pkg:oci/shop" },
        { """{ "identifiers": { "cpe23": "cpe:2.3:a:x" } }""", "-" },
        { $$"""{ "@id": "{{Product}}", "identifiers": { "purl": "{{Product}}" } }""", Product },
        { $$"""{ "@id": "https://example.com/shop", "hashes": { "sha-256": "{{VexText.Image.Hex.ToUpperInvariant()}}", "md5": "00" } }""", $"+{VexText.Image}" },
        { $$"""{ "@id": "{{Product}}", "hashes": { "sha256": "{{VexText.Image.Hex}}" } }""", $"{Product}+{VexText.Image}" },
        { $$"""{ "@id": "{{Product}}", "hashes": { "md5": "00" } }""", "-" },
        { $$"""{ "@id": "{{Product}}", "subcomponents": [{ "@id": "a file" }] }""", $"{Product}[-]" },
    };

    [Theory, MemberData(nameof(Products))]
    public void A_product_is_found_by_package_URL_and_digest_alone(string written, string found)
    {
        var document = VexText.Accept(VexText.OpenVex, edit => First(edit)["products"] = new JsonArray(JsonNode.Parse(written)));

        Assert.EndsWith($" vulnerable_code_not_present/left out of the build {found}", VexText.Describe(document.Statements[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_that_is_no_status_sets_nothing_aside()
    {
        Assert.Equal(VexStatus.Unknown, VexText.Accept(VexText.OpenVex, edit => First(edit)["status"] = "Not_Affected").Statements[0].Status);
        Assert.Equal(VexStatus.Unknown, VexText.Accept(VexText.OpenVex, edit => First(edit).Remove("status")).Statements[0].Status);
    }

    /// <summary>Member of the first statement, new value (null removes), what is said.</summary>
    public static TheoryData<string, string?, string> Wrong => new()
    {
        { "vulnerability", null, "without vulnerability" },
        { "vulnerability", """{ "@id": "x" }""", "without name" },
        { "vulnerability", "\"CVE 2026\"", "'CVE 2026' can be no vulnerability's id" },
        { "vulnerability", "1", "no object" },
        { "timestamp", "\"yesterday\"", "'yesterday' is no time" },
        { "timestamp", "\"2026-11-01T10:00:00\"", "no time with a zone" },
        { "timestamp", "\"0001-01-01T00:00:00Z\"", "no time" },
        { "status", "1", "no text" },
        { "products", "{}", "no list" },
        { "products", "[1]", "neither text nor object" },
        { "products", """[{ "@id": "pkg:oci/a", "identifiers": { "purl": "pkg:oci/b" } }]""", "pkg:oci/a and pkg:oci/b at once" },
        { "products", """[{ "@id": "pkg:oci/a", "subcomponents": "pkg:apk/b" }]""", "subcomponents is no list" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_cannot_be_read_refuses_the_whole_document(string member, string? value, string expected)
    {
        var problem = VexText.Refuse(VexText.OpenVex, edit =>
        {
            First(edit).Remove(member);
            if (value is not null)
                First(edit)[member] = JsonNode.Parse(value);
        });

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_refused_by_name() => Assert.Equal(
        "its @context 'https://openvex.dev/ns/v9' is not one of https://openvex.dev/ns, https://openvex.dev/ns/v0.0.1, https://openvex.dev/ns/v0.2.0",
        VexText.Refuse(VexText.OpenVex, edit => edit["@context"] = "https://openvex.dev/ns/v9"));

    private static JsonObject First(JsonObject document) => document["statements"]![0]!.AsObject();
}
