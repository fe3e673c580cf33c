// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>The content of attestations of any type.</summary>
public sealed class PredicateTests
{
    private const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    private static readonly PolicySet Set = Checking(
        "predicate", $$"""{ "type": "{{TestResult}}", "signedBy": ["scanner-service"], "schema": { "required": ["result"], "properties": { "result": { "const": "PASSED" } } } }""");

    [Fact]
    public void An_attestation_that_says_what_the_policy_describes_passes() =>
        AssertPasses(Judge(Set, With(Attest(TestKey.Scanner, TestResult, """{ "result": "PASSED", "configuration": [] }"""))));

    [Theory]
    [InlineData("""{ "result": "FAILED" }""", "result: PASSED", "result: FAILED")]
    [InlineData("""{ "result": null }""", "result: PASSED", "result: null")]
    [InlineData("""{ "result": ["PASSED"] }""", "result: PASSED", "result: a list of 1")]
    [InlineData("""{ "Result": "PASSED" }""", "a member result", "no such member")]
    [InlineData("""{}""", "a member result", "no such member")]
    [InlineData("""["PASSED"]""", "the predicate: object", "a list of 1")]
    [InlineData("\"PASSED\"", "the predicate: object", "PASSED")]
    public void An_attestation_that_says_anything_else_fails(string predicate, string expected, string actual) =>
        AssertFails(Judge(Set, With(Attest(TestKey.Scanner, TestResult, predicate))), ReasonCode.PredicateMismatch, expected, actual);

    [Fact]
    public void Of_a_long_value_only_the_start_is_shown()
    {
        var check = Judge(Set, With(Attest(TestKey.Scanner, TestResult, $$"""{ "result": "{{new string('x', 1000)}}" }""")));

        AssertFails(check, ReasonCode.PredicateMismatch, "PASSED", new string('x', SupplyChain.Model.Limits.ShownValueLength) + "…");
        Assert.DoesNotContain(new string('x', SupplyChain.Model.Limits.ShownValueLength + 1), check.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_elses_and_no_other_types_attestation_counts()
    {
        const string passed = """{ "result": "PASSED" }""";
        AssertFails(Judge(Set, With()), ReasonCode.AttestationMissing, TestResult, "none");
        AssertFails(Judge(Set, With(Attest(TestKey.Stranger, TestResult, passed))), ReasonCode.AttestationMissing, "scanner-service", "none");
        AssertFails(Judge(Set, With(Attest(TestKey.Scanner, TestResult + "/", passed))), ReasonCode.AttestationMissing, TestResult, "none");
        AssertPasses(Judge(Set, With(Attest(TestKey.Stranger, TestResult, "{}"), Attest(TestKey.Scanner, TestResult, passed))));
    }

    [Fact]
    public void Without_a_schema_its_being_there_is_enough()
    {
        const string type = "https://example.com/t";
        var set = Checking("predicate", $$"""{ "type": "{{type}}", "signedBy": ["scanner-service"] }""");

        AssertPasses(Judge(set, With(Attest(TestKey.Scanner, type, "{}"))));
        AssertFails(Judge(set, With()), ReasonCode.AttestationMissing, type, "none");
    }

    [Theory]
    [InlineData(TestResult, """{ "result": "WARNED", "failedTests": [] }""", """{ "result": "WARNED", "failedTests": ["a"] }""", "it lists tests that failed")]
    [InlineData(TestResult, """{ "result": "FAILED" }""", "{}", "it has no result")]
    [InlineData("https://in-toto.io/attestation/scai/v0.3", """{ "attributes": [{ "attribute": "a" }] }""", """{ "attributes": [] }""", "not a list of 1 to")]
    [InlineData("https://in-toto.io/attestation/scai/attribute-report/v0.2", """{ "attributes": [{ "attribute": "a" }] }""", "{}", "not a list of 1 to")]
    public void What_is_of_a_known_type_has_to_be_what_the_type_says(string type, string good, string bad, string actual)
    {
        var set = Checking("predicate", $$"""{ "type": "{{type}}", "signedBy": ["scanner-service"] }""");

        AssertPasses(Judge(set, With(Attest(TestKey.Scanner, type, good))));
        AssertFails(Judge(set, With(Attest(TestKey.Scanner, type, bad))), ReasonCode.PredicateMismatch, type, actual);
    }

    [Theory]
    [InlineData("""{ "signedBy": ["scanner-service"] }""", "type is required")]
    [InlineData("""{ "type": "vuln", "signedBy": ["scanner-service"] }""", "is not a URI")]
    [InlineData("""{ "type": "https://x/*", "signedBy": ["scanner-service"] }""", "can never match")]
    [InlineData($$"""{ "type": "{{PredicateTypes.ImageSignature}}", "signedBy": ["scanner-service"] }""", "attests nothing that could be judged")]
    [InlineData("""{ "type": "https://x" }""", "signedBy is required")]
    [InlineData("""{ "type": "https://x", "signedBy": [] }""", "is an empty list")]
    [InlineData("""{ "type": "https://x", "signedBy": ["release"] }""", "is for approval")]
    public void A_check_that_could_never_hold_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("predicate", body), StringComparison.Ordinal);
}
