// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>
/// docs/reason-codes.md is generated from the closed list: set SUPPLYCHAIN_WRITE_DOCS=1 and run this test to write it.
/// </summary>
public sealed class ReasonCodesPageTests
{
    [Fact]
    public void The_page_says_what_the_list_says()
    {
        var path = Path.Combine(SharedFiles.RepositoryRoot, "docs", "reason-codes.md");
        if (Environment.GetEnvironmentVariable("SUPPLYCHAIN_WRITE_DOCS") == "1")
            File.WriteAllText(path, Page());

        Assert.Equal(Page(), File.ReadAllText(path));
    }

    [Fact]
    public void Every_code_is_listed_once_and_found_by_its_name()
    {
        var fields = typeof(ReasonCode).GetFields()
            .Where(field => field.FieldType == typeof(ReasonCode))
            .Select(field => (ReasonCode)field.GetValue(null)!)
            .ToList();

        Assert.Equal(fields, ReasonCode.All);
        Assert.All(fields, code => Assert.True(ReasonCode.TryParse(code.Name, out var found) && ReferenceEquals(found, code)));
        Assert.Equal(fields.Count, fields.Select(code => code.Name).Distinct(StringComparer.Ordinal).Count());
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("# Reason codes\n\nWhy something was refused, denied or skipped. The list is closed and the codes are stable.\n")
            .Append("*Retryable* codes may end otherwise when the same is asked again; until then they are a no like any other.\n");
        foreach (var topic in ReasonCode.All.GroupBy(code => code.Topic, StringComparer.Ordinal))
        {
            page.Append($"\n## {topic.Key}\n\n| code | meaning | what helps | retryable |\n|---|---|---|---|\n");
            foreach (var code in topic)
                page.Append($"| `{code.Name}` | {code.Meaning} | {code.Remedy} | {(code.IsRetryable ? "yes" : "")} |\n");
        }

        return page.ToString();
    }
}
