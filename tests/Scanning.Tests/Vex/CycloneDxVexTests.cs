// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>What CycloneDX says of vulnerabilities: by state, and by version where it lists versions.</summary>
public sealed class CycloneDxVexTests
{
    private const string Shop = "pkg:oci/shop@sha256%3Aaa?arch=amd64";
    private const string Part = Shop + "[pkg:apk/alpine/openssl@3.3.1-r0?arch=x86_64]";

    [Fact]
    public void A_component_is_part_of_what_the_document_is_about()
    {
        var document = VexText.Accept(VexText.CycloneDx);

        Assert.Equal((VexFormat.CycloneDx, "Example Security", "2026-11-01"), (document.Format, document.Author, $"{document.Time:yyyy-MM-dd}"));
        var statement = Assert.Single(document.Statements);
        Assert.Equal($"CVE-2026-0001|GHSA-aaaa-bbbb-cccc NotAffected code_not_present/left out {Part}", VexText.Describe(statement));
        Assert.Equal("2026-10-01", $"{document.TimeOf(statement):yyyy-MM-dd}");
    }

    [Theory]
    [InlineData("resolved", VexStatus.Fixed)]
    [InlineData("resolved_with_pedigree", VexStatus.Fixed)]
    [InlineData("exploitable", VexStatus.Affected)]
    [InlineData("in_triage", VexStatus.UnderInvestigation)]
    [InlineData("false_positive", VexStatus.NotAffected)]
    [InlineData("not_affected", VexStatus.NotAffected)]
    [InlineData("NOT_AFFECTED", VexStatus.Unknown)]
    [InlineData(null, VexStatus.Unknown)]
    public void Every_state_has_one_meaning(string? state, VexStatus status) => Assert.Equal(
        status,
        Assert.Single(VexText.Accept(VexText.CycloneDx, edit => Vulnerability(edit)["analysis"]!["state"] = state).Statements).Status);

    [Fact]
    public void Without_analysis_there_is_nothing_to_apply()
    {
        Assert.Empty(VexText.Accept(VexText.CycloneDx, edit => Vulnerability(edit).Remove("analysis")).Statements);
        Assert.Empty(VexText.Accept(VexText.CycloneDx, edit => edit.Remove("vulnerabilities")).Statements);
    }

    /// <summary>A reference, and what it leads to.</summary>
    public static TheoryData<string, string> References => new()
    {
        { "image", Shop },
        { "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#openssl", Part },
        { "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#openssl", $"{Shop}[-]" },
        { "urn:cdx:aaaaaaaa-395b-41f5-a30f-a58921a69b79/2#openssl", $"{Shop}[-]" },
        { "gone", $"{Shop}[-]" },
    };

    [Theory, MemberData(nameof(References))]
    public void A_reference_leads_to_components_of_this_very_document(string reference, string found)
    {
        var document = VexText.Accept(VexText.CycloneDx, edit => Vulnerability(edit)["affects"]![0]!["ref"] = reference);

        Assert.EndsWith($" code_not_present/left out {found}", VexText.Describe(Assert.Single(document.Statements)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_without_package_URL_is_known_by_the_digest_that_stands_for_its_version()
    {
        var document = VexText.Accept(VexText.CycloneDx, edit =>
        {
            var image = edit["metadata"]!["component"]!.AsObject();
            image.Remove("purl");
            image["version"] = VexText.Image.ToString();
        });

        Assert.Contains($" +{VexText.Image}[", VexText.Describe(Assert.Single(document.Statements)), StringComparison.Ordinal);
    }

    [Fact]
    public void But_not_where_only_some_versions_of_it_are_meant()
    {
        var document = VexText.Accept(VexText.CycloneDx, edit =>
        {
            var image = edit["metadata"]!["component"]!.AsObject();
            image.Remove("purl");
            image["version"] = VexText.Image.ToString();
            Vulnerability(edit)["affects"] = JsonNode.Parse("""[{ "ref": "image", "versions": [{ "range": "vers:oci/<2", "status": "unaffected" }] }]""");
        });

        Assert.EndsWith(" -", VexText.Describe(Assert.Single(document.Statements)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_image_a_component_is_a_product_of_its_own()
    {
        var document = VexText.Accept(VexText.CycloneDx, edit => edit["metadata"]!.AsObject().Remove("component"));

        Assert.EndsWith(" pkg:apk/alpine/openssl@3.3.1-r0?arch=x86_64", VexText.Describe(Assert.Single(document.Statements)), StringComparison.Ordinal);
    }

    /// <summary>State, versions, and every statement that comes of them without ids and image.</summary>
    public static TheoryData<string, string, string[]> Versions => new()
    {
        { "not_affected", """[{ "version": "3.0" }]""", ["NotAffected code_not_present/left out [pkg:apk/alpine/openssl@3.0?arch=x86_64]"] },
        { "not_affected", """[{ "version": "3.0", "status": "unaffected" }]""", ["NotAffected code_not_present/left out [pkg:apk/alpine/openssl@3.0?arch=x86_64]"] },
        { "not_affected", """[{ "version": "3.0", "status": "affected" }]""", ["Affected / [pkg:apk/alpine/openssl@3.0?arch=x86_64]"] },
        { "not_affected", """[{ "version": "3.0", "status": "unknown" }]""", ["Unknown / [pkg:apk/alpine/openssl@3.0?arch=x86_64]"] },
        { "not_affected", """[{ "range": "vers:apk/<3", "status": "unaffected" }]""", ["NotAffected code_not_present/left out [-]"] },
        { "not_affected", """[{ "range": "vers:apk/<3", "status": "affected" }]""", ["Affected / [pkg:apk/alpine/openssl?arch=x86_64]"] },
        {
            "exploitable", """[{ "version": "4/0", "status": "unaffected" }]""",
            ["NotAffected / [pkg:apk/alpine/openssl@4%2F0?arch=x86_64]", "Affected code_not_present/left out [pkg:apk/alpine/openssl@3.3.1-r0?arch=x86_64]"]
        },
        { "resolved", """[{ "version": "5", "status": "unaffected" }]""", ["Fixed code_not_present/left out [pkg:apk/alpine/openssl@5?arch=x86_64]"] },
    };

    [Theory, MemberData(nameof(Versions))]
    public void A_versions_own_status_outranks_the_state(string state, string versions, string[] expected)
    {
        var document = VexText.Accept(VexText.CycloneDx, edit =>
        {
            Vulnerability(edit)["analysis"]!["state"] = state;
            Vulnerability(edit)["affects"]![0]!["versions"] = JsonNode.Parse(versions);
        });

        Assert.Equal(
            expected,
            document.Statements.Select(VexText.Describe)
                .Select(text => text["CVE-2026-0001|GHSA-aaaa-bbbb-cccc ".Length..].Replace(Shop, "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_components_of_one_reference_are_refused() => Assert.Equal(
        "two components have the bom-ref 'openssl'",
        VexText.Refuse(VexText.CycloneDx, edit => edit["components"]!.AsArray().Add(edit["components"]![0]!.DeepClone())));

    [Fact]
    public void Another_version_of_the_format_is_refused() => Assert.Contains(
        "version 2.0 is not one of 1.4, 1.5, 1.6, 1.7", VexText.Refuse(VexText.CycloneDx, edit => edit["specVersion"] = "2.0"), StringComparison.Ordinal);

    private static JsonObject Vulnerability(JsonObject document) => document["vulnerabilities"]![0]!.AsObject();
}
