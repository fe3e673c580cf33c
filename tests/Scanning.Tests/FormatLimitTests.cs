// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>The bounds on what single formats list beside their rows.</summary>
public sealed class FormatLimitTests
{
    [Fact]
    public void Subjects_of_a_statement_end_at_the_limit() => AssertLimit(
        Limits.ReportSubjects, "subjects",
        count => Fixture.Edit("statement.json", root => root["subject"] = Repeat(count, "{}")));

    [Fact]
    public void Images_of_a_gitlab_report_end_at_the_limit() => AssertLimit(
        Limits.ReportSubjects, "digests",
        count => Fixture.Edit("gitlab.json", root =>
        {
            var row = root["vulnerabilities"]![0]!;
            root["vulnerabilities"] = new JsonArray([.. Enumerable.Range(0, count).Select(i =>
            {
                var copy = row.DeepClone();
                copy["location"]!["image"] = $"image:{i}";
                return copy;
            })]);
        }));

    [Fact]
    public void Digests_of_twistclis_images_end_at_the_limit() => AssertLimit(
        Limits.ReportSubjects, "digests",
        count => Fixture.Edit("twistcli.json", root => root["results"] = Repeat(count, """{"id":"sha256:x"}""")));

    [Fact]
    public void Results_of_one_report_end_at_the_limit() => AssertLimit(
        Limits.ReportResults, "results",
        count => Fixture.Edit("osv-scanner.json", root => root["results"] = Repeat(count, """{"source":{}}""")));

    [Fact]
    public void Groups_of_a_package_end_at_the_limit() => AssertLimit(
        Limits.Findings, "groups",
        count => Fixture.Edit("osv-scanner.json", root => root["results"]![0]!["packages"]![0]!["groups"] = Repeat(count, "{}")));

    [Fact]
    public void Ids_of_a_group_end_at_the_limit() => AssertLimit(
        Limits.AliasesPerFinding, "ids in a group",
        count => Fixture.Edit("osv-scanner.json", root => root["results"]![0]!["packages"]![0]!["groups"]![0]!["ids"] = Numbered(count)));

    [Fact]
    public void Versions_that_fix_a_finding_end_at_the_limit()
    {
        AssertLimit(
            Limits.AliasesPerFinding, "fixed versions",
            count => Fixture.Edit("snyk.json", root => root["vulnerabilities"]![0]!["fixedIn"] = Numbered(count)));
        AssertLimit(
            Limits.AliasesPerFinding, "fixed versions",
            count => Fixture.Edit("osv-scanner.json", root => root["results"]![0]!["packages"]![0]!["vulnerabilities"]![0]!["affected"]![0]!["ranges"]![0]!["events"] =
                new JsonArray([.. Enumerable.Range(0, count).Select(i => new JsonObject { ["fixed"] = $"1.{i}" })])));
    }

    [Fact]
    public void Documents_of_a_list_end_at_the_limit() => AssertLimit(
        Limits.ReportResults, "documents",
        count => System.Text.Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{\"docker\":{}}", count - 1).Prepend("""{"packageManager":"deb","docker":{}}"""))}]"));

    [Fact]
    public void A_number_of_packages_that_no_image_has_is_refused() => Fixture.Refuse(
        Fixture.Edit("snyk.json", root => root["dependencyCount"] = Limits.ReportComponents + 1), ReasonCode.ReportFormat);

    private static void AssertLimit(int limit, string what, Func<int, byte[]> make)
    {
        Assert.NotEqual(ReasonCode.ReportLimit, ScanReportReader.Read(make(limit)).Problem?.Reason);
        var problem = Fixture.Refuse(make(limit + 1), ReasonCode.ReportLimit);
        Assert.Contains($"more than {limit} ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(what, problem.Message, StringComparison.Ordinal);
    }

    private static JsonArray Repeat(int count, string item) => new([.. Enumerable.Range(0, count).Select(_ => JsonNode.Parse(item))]);

    private static JsonArray Numbered(int count) => new([.. Enumerable.Range(0, count).Select(i => (JsonNode)$"1.{i}")]);
}
