// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Model.Tests.Decisions;

public sealed class ReasonCodeTests
{
    [Fact]
    public void The_list_holds_every_code_once()
    {
        var declared = typeof(ReasonCode).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(ReasonCode)).Select(field => (ReasonCode)field.GetValue(null)!).ToList();

        Assert.Equal(declared.Count, ReasonCode.All.Count);
        Assert.True(declared.ToHashSet().SetEquals(ReasonCode.All));
        Assert.Equal(declared.Count, ReasonCode.All.Select(code => code.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Each_code_is_named_in_capitals_and_says_what_it_means_and_what_to_do()
    {
        Assert.All(ReasonCode.All, code =>
        {
            Assert.True(code.Name.All(c => char.IsAsciiLetterUpper(c) || c == '_'), code.Name);
            Assert.EndsWith(".", code.Meaning, StringComparison.Ordinal);
            Assert.EndsWith(".", code.Remedy, StringComparison.Ordinal);
            Assert.NotEmpty(code.Topic);
            Assert.Equal(code.Name, code.ToString());
        });
    }

    [Fact]
    public void A_code_is_found_by_its_exact_name()
    {
        Assert.True(ReasonCode.TryParse("REPORT_STALE", out var code));
        Assert.Same(ReasonCode.ReportStale, code);
        Assert.False(ReasonCode.TryParse("report_stale", out _));
        Assert.False(ReasonCode.TryParse("REPORT_STALE ", out _));
        Assert.False(ReasonCode.TryParse(null, out _));
    }
}
