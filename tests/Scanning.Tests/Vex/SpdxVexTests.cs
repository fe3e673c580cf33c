// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>SPDX 3: relations between elements that stand in any order, or inside each other.</summary>
public sealed class SpdxVexTests
{
    private const string Expected =
        "CVE-2026-0001 NotAffected vulnerableCodeNotPresent/left out pkg:oci/shop@sha256%3Aaa[pkg:apk/alpine/openssl@3.3.1-r0]";

    [Fact]
    public void An_assessed_element_is_the_part_of_the_product_that_is_meant()
    {
        var document = VexText.Accept(VexText.Spdx);

        Assert.Equal((VexFormat.Spdx, "Example Security", "2026-11-01"), (document.Format, document.Author, $"{document.Time:yyyy-MM-dd}"));
        var statement = Assert.Single(document.Statements);
        Assert.Equal(Expected, VexText.Describe(statement));
        Assert.Equal("2026-10-01", $"{document.TimeOf(statement):yyyy-MM-dd}");
    }

    [Fact]
    public void The_order_of_elements_makes_no_difference()
    {
        var document = VexText.Accept(VexText.Spdx, edit =>
        {
            var reversed = edit["@graph"]!.AsArray().Select(element => element!.DeepClone()).Reverse().ToArray();
            edit["@graph"] = new JsonArray(reversed);
        });

        Assert.Equal(Expected, VexText.Describe(Assert.Single(document.Statements)));
    }

    [Fact]
    public void An_element_may_stand_where_it_is_referred_to()
    {
        var document = VexText.Accept(VexText.Spdx, edit =>
        {
            var graph = edit["@graph"]!.AsArray();
            var image = graph[2]!.DeepClone();
            graph.RemoveAt(2);
            graph[0]!["to"] = image;
        });

        Assert.Equal(Expected, VexText.Describe(Assert.Single(document.Statements)));
    }

    [Theory]
    [InlineData("Affected", VexStatus.Affected)]
    [InlineData("Fixed", VexStatus.Fixed)]
    [InlineData("NotAffected", VexStatus.NotAffected)]
    [InlineData("UnderInvestigation", VexStatus.UnderInvestigation)]
    public void The_type_is_the_status(string type, VexStatus status) => Assert.Equal(
        status,
        Assert.Single(VexText.Accept(VexText.Spdx, edit => Statement(edit)["type"] = $"security_Vex{type}VulnAssessmentRelationship").Statements).Status);

    [Fact]
    public void What_was_withdrawn_sets_nothing_aside() => Assert.Equal(
        VexStatus.Unknown,
        Assert.Single(VexText.Accept(VexText.Spdx, edit => Statement(edit)["security_withdrawnTime"] = "2026-11-02T00:00:00Z").Statements).Status);

    [Fact]
    public void A_statement_without_time_is_as_old_as_what_made_it()
    {
        var document = VexText.Accept(VexText.Spdx, edit => Statement(edit).Remove("security_publishedTime"));

        Assert.Equal("2026-11-01", $"{document.Statements[0].Time:yyyy-MM-dd}");
        document = VexText.Accept(VexText.Spdx, edit => Statement(edit)["security_modifiedTime"] = "2026-11-03T00:00:00Z");
        Assert.Equal("2026-11-03", $"{document.Statements[0].Time:yyyy-MM-dd}");
    }

    [Fact]
    public void An_image_without_package_URL_is_known_by_its_digest()
    {
        var document = VexText.Accept(VexText.Spdx, edit =>
        {
            var image = edit["@graph"]![2]!.AsObject();
            image.Remove("software_packageUrl");
            image["verifiedUsing"] = new JsonArray(new JsonObject { ["type"] = "Hash", ["algorithm"] = "sha256", ["hashValue"] = VexText.Image.Hex });
        });

        Assert.Contains($" +{VexText.Image}[", VexText.Describe(Assert.Single(document.Statements)), StringComparison.Ordinal);
    }

    /// <summary>What is changed, what is said.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "an element twice", "two elements have the id 'urn:x:image'" },
        { "no vulnerability", "about 'urn:x:gone', which it does not define" },
        { "another context", "its @context 'https://spdx.org/rdf/3.1.0/spdx-context.jsonld' is not that of SPDX 3.0.0 or 3.0.1" },
        { "a list of contexts", "@context that is no text" },
        { "a context inside", "an @context of its own" },
        { "SPDX 2", "it can be read as SPDX and as SPDX 3" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_may_mean_two_things_or_nothing_is_refused(string change, string expected)
    {
        var problem = VexText.Refuse(VexText.Spdx, edit =>
        {
            switch (change)
            {
                case "an element twice":
                    edit["@graph"]!.AsArray().Add(edit["@graph"]![2]!.DeepClone());
                    break;
                case "no vulnerability":
                    Statement(edit)["from"] = "urn:x:gone";
                    break;
                case "another context":
                    edit["@context"] = "https://spdx.org/rdf/3.1.0/spdx-context.jsonld";
                    break;
                case "a list of contexts":
                    edit["@context"] = new JsonArray(edit["@context"]!.DeepClone(), "https://example.com/names");
                    break;
                case "a context inside":
                    Statement(edit)["@context"] = "https://example.com/names";
                    break;
                default:
                    edit["spdxVersion"] = "SPDX-3.0";
                    break;
            }
        });

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static JsonObject Statement(JsonObject document) => document["@graph"]![0]!.AsObject();
}
