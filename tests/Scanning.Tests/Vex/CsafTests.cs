// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>CSAF: products by id, found by package URL and digest, never by name.</summary>
public sealed class CsafTests
{
    private const string Part = "pkg:oci/shop?repository_url=registry.local%2Fshop[pkg:apk/alpine/openssl@3.3.1-r0]";

    [Fact]
    public void Each_status_and_reason_of_a_vulnerability_is_a_statement()
    {
        var document = VexText.Accept(VexText.Csaf);

        Assert.Equal((VexFormat.Csaf, "Example Security", "2026-11-01"), (document.Format, document.Author, $"{document.Time:yyyy-MM-dd}"));
        Assert.Equal(
            [
                "CVE-2026-0001|EXAMPLE-1 Fixed / pkg:apk/alpine/openssl@3.3.1-r0",
                $"CVE-2026-0001|EXAMPLE-1 NotAffected vulnerable_code_not_present/not used {Part}",
            ],
            document.Statements.Select(VexText.Describe));
    }

    /// <summary>A product's id, and what it is found by.</summary>
    public static TheoryData<string, string> Products => new()
    {
        { "shop", "pkg:oci/shop?repository_url=registry.local%2Fshop" },
        { "openssl-in-shop", Part },
        // The platform has no name that could be compared: a build by version stands for itself, a bare name for nothing.
        { "openssl-on-platform", "pkg:apk/alpine/openssl@3.3.1-r0" },
        { "bash-on-platform", "-" },
        { "platform", "-" },
        { "bash-in-openssl-in-shop", "-[pkg:rpm/example/bash]" },
    };

    [Theory, MemberData(nameof(Products))]
    public void A_product_is_found_by_what_its_helper_says(string product, string found)
    {
        var document = VexText.Accept(VexText.Csaf, edit => Statuses(edit, "under_investigation", product));

        Assert.Equal($"CVE-2026-0001|EXAMPLE-1 UnderInvestigation / {found}", VexText.Describe(Assert.Single(document.Statements)));
    }

    [Fact]
    public void What_is_not_affected_on_one_platform_may_be_on_another_unless_it_is_a_whole_image()
    {
        Assert.EndsWith(" NotAffected / -", Only("openssl-on-platform", "pkg:apk/alpine/openssl@3.3.1-r0"), StringComparison.Ordinal);
        Assert.EndsWith(" NotAffected / pkg:oci/shop@sha256:aa", Only("openssl-on-platform", "pkg:oci/shop@sha256:aa"), StringComparison.Ordinal);
        Assert.EndsWith(" NotAffected / -", Only("openssl-on-platform", "pkg:oci/shop"), StringComparison.Ordinal);

        static string Only(string product, string purl) => VexText.Describe(Assert.Single(VexText.Accept(VexText.Csaf, edit =>
        {
            Statuses(edit, "known_not_affected", product);
            edit["product_tree"]!["branches"]![0]!["branches"]![1]!["product"]!["product_identification_helper"]!["purl"] = purl;
        }).Statements));
    }

    [Theory]
    [InlineData("first_affected", VexStatus.Affected)]
    [InlineData("known_affected", VexStatus.Affected)]
    [InlineData("last_affected", VexStatus.Affected)]
    [InlineData("first_fixed", VexStatus.Fixed)]
    [InlineData("fixed", VexStatus.Fixed)]
    [InlineData("known_not_affected", VexStatus.NotAffected)]
    [InlineData("under_investigation", VexStatus.UnderInvestigation)]
    [InlineData("unknown", VexStatus.Unknown)]
    public void Every_status_has_one_meaning(string member, VexStatus status) =>
        Assert.Equal(status, Assert.Single(VexText.Accept(VexText.Csaf, edit => Statuses(edit, member, "shop")).Statements).Status);

    [Fact]
    public void What_is_only_recommended_is_no_status() =>
        Assert.Empty(VexText.Accept(VexText.Csaf, edit => Statuses(edit, "recommended", "shop")).Statements);

    [Fact]
    public void Several_package_URLs_are_several_products_and_digests_belong_to_each()
    {
        var document = VexText.Accept(VexText.Csaf, edit =>
        {
            Statuses(edit, "fixed", "platform");
            edit["product_tree"]!["full_product_names"]![0]!["product_identification_helper"] = JsonNode.Parse(
                $$"""
                { "purls": ["pkg:oci/a", "pkg:oci/b"],
                  "hashes": [{ "filename": "x", "file_hashes": [{ "algorithm": "sha256", "value": "{{VexText.Image.Hex}}" }] }] }
                """);
        });

        Assert.Equal(
            $"CVE-2026-0001|EXAMPLE-1 Fixed / pkg:oci/a+{VexText.Image} pkg:oci/b+{VexText.Image}",
            VexText.Describe(Assert.Single(document.Statements)));
    }

    [Fact]
    public void A_reason_that_names_no_products_is_nobodys()
    {
        var document = VexText.Accept(VexText.Csaf, edit =>
        {
            Vulnerability(edit).Remove("flags");
            Vulnerability(edit)["threats"]!.AsArray().RemoveAt(0);
        });

        Assert.All(document.Statements, statement => Assert.Null(statement.ImpactStatement ?? statement.Justification));
    }

    /// <summary>What is changed, what is said.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "two statuses", "the product 'shop' is Affected and Fixed at once" },
        { "a product of nobody", "a product 'gone' that it does not define" },
        { "a group of nobody", "a group 'gone' that it does not define" },
        { "a relation to nobody", "relates a product 'gone' that it does not define" },
        { "a product twice", "defines the product 'shop' twice" },
        { "a relation twice", "defines the product 'openssl-in-shop' twice" },
        { "no id", "without cve and ids" },
        { "version 1.2", "its csaf_version '1.2' is not 2.0 or 2.1" },
        { "an advisory", "its category 'csaf_security_advisory' is not csaf_vex" },
        { "a draft", "its tracking.status 'draft' is not final or interim" },
        { "no tracking", "without document.tracking" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_contradicts_itself_or_leads_nowhere_is_refused(string change, string expected)
    {
        var problem = VexText.Refuse(VexText.Csaf, edit =>
        {
            var tree = edit["product_tree"]!;
            switch (change)
            {
                case "two statuses":
                    Vulnerability(edit)["product_status"] = JsonNode.Parse("""{ "known_affected": ["shop"], "first_affected": ["shop"], "fixed": ["shop"] }""");
                    break;
                case "a product of nobody":
                    Statuses(edit, "fixed", "gone");
                    break;
                case "a group of nobody":
                    Vulnerability(edit)["flags"]![0]!["group_ids"] = new JsonArray("gone");
                    break;
                case "a relation to nobody":
                    tree["relationships"]![0]!["relates_to_product_reference"] = "gone";
                    break;
                case "a product twice":
                    tree["full_product_names"]![0]!["product_id"] = "shop";
                    break;
                case "a relation twice":
                    tree["relationships"]!.AsArray().Add(tree["relationships"]![0]!.DeepClone());
                    break;
                case "no id":
                    Vulnerability(edit).Remove("cve");
                    Vulnerability(edit).Remove("ids");
                    break;
                case "version 1.2":
                    edit["document"]!["csaf_version"] = "1.2";
                    break;
                case "an advisory":
                    edit["document"]!["category"] = "csaf_security_advisory";
                    break;
                case "a draft":
                    edit["document"]!["tracking"]!["status"] = "draft";
                    break;
                default:
                    edit["document"]!.AsObject().Remove("tracking");
                    break;
            }
        });

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static JsonObject Vulnerability(JsonObject document) => document["vulnerabilities"]![0]!.AsObject();

    private static void Statuses(JsonObject document, string status, string product)
    {
        Vulnerability(document)["product_status"] = new JsonObject { [status] = new JsonArray(product) };
        Vulnerability(document).Remove("flags");
        Vulnerability(document).Remove("threats");
    }
}
