// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Test results and attribute reports, made up.</summary>
public sealed class TestResultTests
{
    [Fact]
    public void A_result_is_read_with_the_names_of_its_tests()
    {
        var result = Read("""{ "result": "FAILED", "configuration": [], "passedTests": ["a", "b"], "failedTests": ["c"] }""");

        Assert.Equal(("FAILED", 2, 0, "c"), (result.Result, result.Passed.Count, result.Warned.Count, Assert.Single(result.Failed)));
        Assert.Equal("PASSED", Read("""{ "result": "PASSED" }""").Result);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "{}", "it has no result" },
        { "[]", "it has no result" },
        { """{ "result": true }""", "it has no result" },
        { """{ "result": "passed" }""", "its result 'passed' is none of PASSED, WARNED, FAILED" },
        { """{ "result": "PASSED", "configuration": {} }""", "its configuration is no list" },
        { """{ "result": "PASSED", "passedTests": "a" }""", "its tests are not lists" },
        { """{ "result": "PASSED", "passedTests": [1] }""", "its tests are not lists" },
        { """{ "result": "WARNED", "failedTests": ["c"] }""", "its result is WARNED, but it lists tests that failed" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_contradicts_itself_or_its_type_is_refused(string text, string expected)
    {
        using var predicate = JsonDocument.Parse(text);

        Assert.False(TestResult.TryRead(predicate.RootElement, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void More_tests_than_are_read_are_refused()
    {
        string With(int count) => $$"""{ "result": "PASSED", "passedTests": [{{string.Join(',', Enumerable.Repeat("\"a\"", count))}}] }""";
        using var most = JsonDocument.Parse(With(Limits.TestsInResult));
        using var more = JsonDocument.Parse(With(Limits.TestsInResult + 1));

        Assert.True(TestResult.TryRead(most.RootElement, out _, out _));
        Assert.False(TestResult.TryRead(more.RootElement, out _, out var problem));
        Assert.Contains($"at most {Limits.TestsInResult} names", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_are_read_with_where_their_evidence_is_said_to_be()
    {
        using var predicate = JsonDocument.Parse("""
            { "attributes": [{ "attribute": "REPRODUCIBLE", "evidence": { "name": "log", "downloadLocation": "https://example.com/log" } }, { "attribute": "SIGNED" }] }
            """);

        Assert.True(AttributeReport.TryRead(predicate.RootElement, out var report, out var problem), problem);
        Assert.Equal([new("REPRODUCIBLE", "log", "https://example.com/log"), new AssertedAttribute("SIGNED", null, null)], report.Attributes);
    }

    [Theory]
    [InlineData("{}", "not a list of 1 to")]
    [InlineData("""{ "attributes": [] }""", "not a list of 1 to")]
    [InlineData("""{ "attributes": [{}] }""", "an attribute that is not named")]
    [InlineData("""{ "attributes": ["SIGNED"] }""", "an attribute that is not named")]
    [InlineData("""{ "attributes": [{ "attribute": "SIGNED", "evidence": "x" }] }""", "the evidence of 'SIGNED' is no object")]
    public void A_report_that_asserts_nothing_is_refused(string text, string expected)
    {
        using var predicate = JsonDocument.Parse(text);

        Assert.False(AttributeReport.TryRead(predicate.RootElement, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void More_attributes_than_are_read_are_refused()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"attribute":"a"}""", Limits.AttributesInReport + 1));
        using var predicate = JsonDocument.Parse($$"""{ "attributes": [{{many}}] }""");

        Assert.False(AttributeReport.TryRead(predicate.RootElement, out _, out var problem));
        Assert.Contains($"1 to {Limits.AttributesInReport}", problem, StringComparison.Ordinal);
    }

    private static TestResult Read(string text)
    {
        using var predicate = JsonDocument.Parse(text);
        Assert.True(TestResult.TryRead(predicate.RootElement, out var result, out var problem), problem);
        return result;
    }
}
