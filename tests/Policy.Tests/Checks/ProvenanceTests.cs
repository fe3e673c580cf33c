// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>Who built an image, and from what.</summary>
public sealed class ProvenanceTests
{
    private const string Body = $$"""
        { "signedBy": ["scanner-service"], "builders": ["{{Provenances.Builder}}"], "sources": ["github.com/example/payments"],
          "refs": ["refs/heads/main"], "buildTypes": ["{{Provenances.BuildType}}"] }
        """;

    private static readonly PolicySet Set = Checking("provenance", Body);

    [Theory]
    [InlineData(PredicateTypes.ProvenanceV1, Provenances.V1)]
    [InlineData(PredicateTypes.ProvenanceV02, Provenances.V02)]
    public void Provenance_of_both_versions_passes_and_is_told(string type, string provenance)
    {
        var statement = Attest(TestKey.Scanner, type, provenance);
        var evaluation = Evaluate(Set, With(statement));

        AssertPasses(evaluation.Check(Name));
        Assert.Equal([statement.Statement.Digest], evaluation.Check(Name).Evidence);
        var line = Assert.Single(evaluation.Evidence, line => line.Kind == "attestation");
        Assert.Equal(("scanner-service", "attested", true), (line.Producer, line.Source, line.Used));
        Assert.Equal(statement.Statement.Key.Id, line.SignedBy);
    }

    /// <summary>Why, path in version 1, new value (null removes), reason, expected, found.</summary>
    public static TheoryData<string, string, string?, string, string, string> Wrong => new()
    {
        { "another builder", "runDetails.builder.id", "\"https://evil.example.com\"", "BUILDER_NOT_ALLOWED", Provenances.Builder, "https://evil.example.com" },
        { "a builder with the right one as prefix", "runDetails.builder.id", $"\"{Provenances.Builder}/x\"", "BUILDER_NOT_ALLOWED", Provenances.Builder, "/x" },
        { "no builder", "runDetails.builder.id", null, "PROVENANCE_MALFORMED", "provenance", "runDetails.builder.id" },
        { "another build type", "buildDefinition.buildType", "\"https://example.com/t\"", "BUILD_TYPE_NOT_ALLOWED", Provenances.BuildType, "https://example.com/t" },
        { "no build type", "buildDefinition.buildType", null, "PROVENANCE_MALFORMED", "provenance", "buildType" },
        { "no parameters", "buildDefinition.externalParameters", null, "PROVENANCE_MALFORMED", "provenance", "externalParameters" },
        { "another source", "buildDefinition.externalParameters.workflow.repository", "\"https://github.com/evil/payments\"", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "github.com/evil/payments" },
        { "a dependency instead of the source", "buildDefinition.externalParameters.workflow.repository", "\"https://github.com/example/library\"", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "example/library" },
        { "no source among the parameters, though a dependency is it", "buildDefinition.externalParameters.workflow", null, "SOURCE_NOT_ALLOWED", "github.com/example/payments", "no source" },
        { "a second source", "buildDefinition.externalParameters.source", """{ "uri": "git+https://github.com/evil/x" }""", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "evil/x" },
        { "a source in a form nobody knows", "buildDefinition.externalParameters.source", "[1]", "PROVENANCE_MALFORMED", "provenance", "externalParameters" },
        { "a source that was not read", "buildDefinition.resolvedDependencies", null, "SOURCE_NOT_ALLOWED", "github.com/example/payments", "without a digest" },
        { "a source without a digest", "buildDefinition.resolvedDependencies[0].digest", null, "SOURCE_NOT_ALLOWED", "github.com/example/payments", "without a digest" },
        { "a source with an empty text for a digest", "buildDefinition.resolvedDependencies[0].digest", """{ "gitCommit": "" }""", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "without a digest" },
        { "a source with a number for a digest", "buildDefinition.resolvedDependencies[0].digest", """{ "gitCommit": 1 }""", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "without a digest" },
        { "a source with an empty digest", "buildDefinition.resolvedDependencies[0].digest", "{}", "SOURCE_NOT_ALLOWED", "github.com/example/payments", "without a digest" },
        { "dependencies that are no list", "buildDefinition.resolvedDependencies", "{}", "PROVENANCE_MALFORMED", "provenance", "resolvedDependencies" },
        { "another branch", "buildDefinition.externalParameters.workflow.ref", "\"refs/heads/feature\"", "SOURCE_NOT_ALLOWED", "refs/heads/main", "refs/heads/feature" },
        { "no branch", "buildDefinition.externalParameters.workflow.ref", null, "SOURCE_NOT_ALLOWED", "refs/heads/main", "none" },
        { "two branches", "buildDefinition.externalParameters.workflow.repository", "\"https://github.com/example/payments@refs/heads/x\"", "SOURCE_NOT_ALLOWED", "refs/heads/main", "refs/heads/x" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Provenance_of_another_build_fails(string because, string path, string? value, string reason, string expected, string actual)
    {
        var provenance = Provenances.Edit(Provenances.V1, path, value);

        var check = Judge(Set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, provenance)));

        Assert.True(check.Reason?.Name == reason, $"{because}: {check}");
        AssertFails(check, check.Reason!, expected, actual);
    }

    /// <summary>Why, path in version 0.2, new value (null removes), reason.</summary>
    public static TheoryData<string, string, string?, string> WrongV02 => new()
    {
        { "another builder", "builder.id", "\"https://evil.example.com\"", "BUILDER_NOT_ALLOWED" },
        { "no builder", "builder", null, "PROVENANCE_MALFORMED" },
        { "another source", "invocation.configSource.uri", "\"git+https://github.com/evil/x@refs/heads/main\"", "SOURCE_NOT_ALLOWED" },
        { "no source, though a material is it", "invocation.configSource", null, "SOURCE_NOT_ALLOWED" },
        { "a source that is no text", "invocation.configSource.uri", "1", "PROVENANCE_MALFORMED" },
        { "a source that is no material", "materials[0].uri", "\"git+https://github.com/example/library\"", "SOURCE_NOT_ALLOWED" },
        { "another branch", "invocation.configSource.uri", "\"git+https://github.com/example/payments@refs/tags/v1\"", "SOURCE_NOT_ALLOWED" },
    };

    [Theory, MemberData(nameof(WrongV02))]
    public void Older_provenance_of_another_build_fails(string because, string path, string? value, string reason)
    {
        var check = Judge(Set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV02, Provenances.Edit(Provenances.V02, path, value))));

        Assert.True(check is { Verdict: Verdict.Fail } && check.Reason?.Name == reason, $"{because}: {check}");
    }

    [Theory]
    [InlineData("https://slsa.dev/provenance/v1.0")]
    [InlineData("https://slsa.dev/provenance/v1/")]
    [InlineData("https://slsa.dev/provenance/v0.1")]
    [InlineData("https://SLSA.dev/provenance/v1")]
    public void Predicate_types_match_exactly(string type) => AssertFails(
        Judge(Set, With(Attest(TestKey.Scanner, type, Provenances.V1))), ReasonCode.ProvenanceMissing, "provenance by scanner-service", "none");

    [Fact]
    public void Provenance_of_the_other_version_does_not_pass_under_a_types_name() => AssertFails(
        Judge(Set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V02))), ReasonCode.ProvenanceMalformed, "provenance", "buildDefinition");

    [Fact]
    public void What_a_stranger_signs_neither_helps_nor_harms()
    {
        var strange = Attest(TestKey.Stranger, PredicateTypes.ProvenanceV1, Provenances.V1);
        var wrong = Attest(TestKey.Stranger, PredicateTypes.ProvenanceV1, "{}");
        var good = Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1);

        AssertFails(Judge(Set, With(strange)), ReasonCode.ProvenanceMissing, "scanner-service", "none");
        AssertPasses(Judge(Set, With(wrong, good, strange)));
        Assert.Single(Evaluate(Set, With(wrong, good, strange)).Evidence, line => line.Kind == "attestation");
    }

    [Fact]
    public void One_statement_that_satisfies_is_enough() => AssertPasses(Judge(Set, With(
        Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, "{}"), Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1))));

    [Fact]
    public void The_key_has_to_be_in_force()
    {
        var retired = PolicyText.Load(
            PolicyText.Edit(PolicyText.Signing, ("spec.checks[+]", System.Text.Json.Nodes.JsonNode.Parse($$"""{ "name": "{{Name}}", "provenance": {{Body}} }"""))),
            PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor + "\n      validUntil: 2026-11-01T00:00:00Z");

        AssertFails(
            Judge(retired, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1))), ReasonCode.KeyNotValidAtTime, "one that is valid at 2026-11-22", "valid until 2026-11-01");
    }

    [Fact]
    public void A_statement_about_the_index_covers_its_platforms_and_one_about_a_platform_itself_alone()
    {
        var evidence = Set(TwoPlatforms, Scan().For("manifest-amd64"), Scan().For("manifest-arm64"));
        StoredStatement About(string manifest) => Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1, DigestOf(manifest));

        AssertPasses(Judge(Set, evidence with { Statements = [About("index")] }));
        AssertPasses(Judge(Set, evidence with { Statements = [About("manifest-amd64"), About("manifest-arm64")] }));
        var check = Judge(Set, evidence with { Statements = [About("manifest-amd64")] });
        AssertFails(check, ReasonCode.ProvenanceMissing, "provenance", "none");
        Assert.Contains("linux/arm64", check.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("amd64", check.Message, StringComparison.Ordinal);
        AssertFails(Judge(Set, evidence with { Statements = [About("elsewhere")] }), ReasonCode.ProvenanceMissing, "provenance", "none");
    }

    [Fact]
    public void A_predicate_that_is_too_large_to_be_read_whole_does_not_count()
    {
        var large = Provenances.Edit(Provenances.V1, "buildDefinition.internalParameters", $"\"{new string('x', SupplyChain.Model.Limits.JudgedPredicateBytes)}\"");

        AssertFails(Judge(Set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, large))), ReasonCode.EvidenceLimit, "at most", "bytes");
    }

    [Fact]
    public void More_dependencies_than_are_read_are_refused()
    {
        var many = Provenances.Edit(Provenances.V1, "buildDefinition.resolvedDependencies", $"[{string.Join(',', Enumerable.Repeat("{}", SupplyChain.Model.Limits.BuildDependencies + 1))}]");

        AssertFails(Judge(Set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, many))), ReasonCode.ProvenanceMalformed, "provenance", "at most");
    }

    [Fact]
    public void Parameters_that_the_policy_does_not_know_are_refused_where_it_names_them()
    {
        var set = Checking("provenance", $$"""{ "signedBy": ["scanner-service"], "builders": ["{{Provenances.Builder}}"], "externalParameters": ["workflow"] }""");
        var more = Provenances.Edit(Provenances.V1, "buildDefinition.externalParameters.inputs", """{ "skip": true }""");

        AssertPasses(Judge(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, Provenances.V1))));
        AssertPasses(Judge(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV02, Provenances.V02))));
        AssertFails(
            Judge(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV1, more))), ReasonCode.BuildParameterNotAllowed, "no parameters but workflow", "inputs");
        AssertFails(
            Judge(set, With(Attest(TestKey.Scanner, PredicateTypes.ProvenanceV02, Provenances.Edit(Provenances.V02, "invocation.parameters", "[1]")))),
            ReasonCode.BuildParameterNotAllowed, "workflow", "parameters");
    }

    public static TheoryData<string, string> Refused => new()
    {
        { """{ "builders": ["https://b"] }""", "signedBy is required" },
        { """{ "signedBy": [], "builders": ["https://b"] }""", "is an empty list" },
        { """{ "signedBy": ["release"], "builders": ["https://b"] }""", "is for approval, which does not count here" },
        { """{ "signedBy": ["nobody"], "builders": ["https://b"] }""", "there is no attestor nobody" },
        { """{ "signedBy": ["scanner-service"] }""", "builders is required" },
        { """{ "signedBy": ["scanner-service"], "builders": [] }""", "is an empty list" },
        { """{ "signedBy": ["scanner-service"], "builders": ["github"] }""", "is not a URI" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b/*"] }""", "can never match" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": [] }""", "is an empty list" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": ["https://github.com/a/b"] }""", "is not a source repository" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": ["github.com/a/*"] }""", "is not a source repository" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": ["github.com/a/b", "github.com/a/b"] }""", "listed twice" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "refs": ["refs/heads/main"] }""", "say sources: as well" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": ["github.com/a/b"], "refs": ["main"] }""", "can never match" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "sources": ["github.com/a/b"], "refs": ["refs/heads/*"] }""", "can never match" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "buildTypes": [] }""", "is an empty list" },
        { """{ "signedBy": ["scanner-service"], "builders": ["https://b"], "externalParameters": [] }""", "is an empty list" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_check_that_could_never_hold_or_says_nothing_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("provenance", body), StringComparison.Ordinal);
}
