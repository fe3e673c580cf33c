// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

public sealed class VerificationSummaryTests
{
    private static readonly VerificationSummary Whole = new()
    {
        VerifierId = "https://attestor.example.com",
        VerifierVersion = new Dictionary<string, string>(StringComparer.Ordinal) { ["supplychain"] = "0.1.0" },
        TimeVerified = new DateTimeOffset(2026, 11, 22, 10, 0, 0, 500, TimeSpan.Zero),
        ResourceUri = new ImageResource(Samples.Repository, Samples.Image).ToString(),
        PolicyUri = "supplychain:policy/payments-release",
        PolicyDigest = Samples.OtherImage,
        InputAttestations = [new InputAttestation("https://example.com/1", Samples.Stored), new InputAttestation(null, Samples.Image)],
        Result = VerificationResult.Passed,
        VerifiedLevels = ["SLSA_BUILD_LEVEL_3", "SUPPLYCHAIN_APPROVED"],
        DependencyLevels = new Dictionary<string, long>(StringComparer.Ordinal) { ["SLSA_BUILD_LEVEL_1"] = 7 },
        SlsaVersion = "1.1",
        Extensions = new Dictionary<string, string>(StringComparer.Ordinal) { ["urn:example:requester"] = "ci" },
    };

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "text", "\"x\"", "not an object" },
        { "no verifier", Predicate(verifier: null), "no verifier" },
        { "a verifier that is text", Predicate(verifier: "\"x\""), "no verifier" },
        { "a verifier without id", Predicate(verifier: "{}"), "no id" },
        { "a verifier with an empty id", Predicate(verifier: """{"id":""}"""), "no id" },
        { "a verifier id that is a number", Predicate(verifier: """{"id":1}"""), "id that is not text" },
        { "a verifier version that is text", Predicate(verifier: """{"id":"v","version":"1"}"""), "version that is not an object" },
        { "a component version that is a number", Predicate(verifier: """{"id":"v","version":{"a":1}}"""), "version" },
        { "no resource", Predicate(resource: null), "no resourceUri" },
        { "a resource that is a list", Predicate(resource: "[]"), "resourceUri" },
        { "no policy", Predicate(policy: null), "no policy" },
        { "a policy without uri", Predicate(policy: "{}"), "no uri" },
        { "a policy digest without sha256", Predicate(policy: """{"uri":"p","digest":{"sha1":"x"}}"""), "no sha256 in policy.digest" },
        { "a policy digest that is text", Predicate(policy: """{"uri":"p","digest":"x"}"""), "no digest" },
        { "no result", Predicate(result: null), "no verificationResult" },
        { "a result in small letters", Predicate(result: "\"passed\""), "unknown verificationResult" },
        { "a result that is true", Predicate(result: "true"), "verificationResult" },
        { "no levels", Predicate(levels: null), "verifiedLevels" },
        { "levels that are text", Predicate(levels: "\"x\""), "verifiedLevels" },
        { "a level that is a number", Predicate(levels: "[1]"), "verifiedLevels" },
        { "an empty level", Predicate(levels: "[\"\"]"), "verifiedLevels" },
        { "PASSED with the level FAILED", Predicate(levels: "[\"FAILED\"]"), "contradict" },
        { "FAILED with a level", Predicate(result: "\"FAILED\"", levels: "[\"SLSA_BUILD_LEVEL_3\"]"), "contradict" },
        { "FAILED with no level", Predicate(result: "\"FAILED\"", levels: "[]"), "contradict" },
        { "FAILED with more than that", Predicate(result: "\"FAILED\"", levels: "[\"FAILED\",\"x\"]"), "contradict" },
        { "a time without offset", Predicate(extra: ",\"timeVerified\":\"2026-11-22T10:00:00\""), "timeVerified" },
        { "a time that is a number", Predicate(extra: ",\"timeVerified\":1"), "timeVerified" },
        { "inputs that are an object", Predicate(extra: ",\"inputAttestations\":{}"), "inputAttestations" },
        { "an input that is text", Predicate(extra: ",\"inputAttestations\":[\"x\"]"), "inputAttestations entry" },
        { "an input without digest", Predicate(extra: ",\"inputAttestations\":[{\"uri\":\"x\"}]"), "digest" },
        { "an input whose digest is short", Predicate(extra: ",\"inputAttestations\":[{\"digest\":{\"sha256\":\"abc\"}}]"), "inputAttestations.digest" },
        { "dependency levels that are a list", Predicate(extra: ",\"dependencyLevels\":[]"), "dependencyLevels" },
        { "a dependency count below zero", Predicate(extra: ",\"dependencyLevels\":{\"a\":-1}"), "dependencyLevels" },
        { "a dependency count with a fraction", Predicate(extra: ",\"dependencyLevels\":{\"a\":1.5}"), "dependencyLevels" },
        { "a dependency count that is text", Predicate(extra: ",\"dependencyLevels\":{\"a\":\"x\"}"), "dependencyLevels" },
        { "a slsaVersion that is a number", Predicate(extra: ",\"slsaVersion\":1.1"), "slsaVersion" },
    };

    [Fact]
    public void Reads_back_what_it_writes()
    {
        var read = Read(Write(Whole));

        Assert.Equal(Whole.VerifierVersion, read.VerifierVersion);
        Assert.Equal(Whole.InputAttestations, read.InputAttestations);
        Assert.Equal(Whole.VerifiedLevels, read.VerifiedLevels);
        Assert.Equal(Whole.DependencyLevels, read.DependencyLevels);
        Assert.Equal(Whole.Extensions, read.Extensions);
        Assert.Equal(Whole, read with
        {
            VerifierVersion = Whole.VerifierVersion, InputAttestations = Whole.InputAttestations, VerifiedLevels = Whole.VerifiedLevels,
            DependencyLevels = Whole.DependencyLevels, Extensions = Whole.Extensions,
        });
    }

    [Fact]
    public void Is_written_as_slsa_describes_it()
    {
        using var statement = JsonDocument.Parse(Write(Whole));
        var predicate = statement.RootElement.GetProperty("predicate");

        Assert.Equal("https://slsa.dev/verification_summary/v1", statement.RootElement.GetProperty("predicateType").GetString());
        Assert.Equal("https://attestor.example.com", predicate.GetProperty("verifier").GetProperty("id").GetString());
        Assert.Equal("2026-11-22T10:00:00.5Z", predicate.GetProperty("timeVerified").GetString());
        Assert.Equal(Samples.OtherImage.Hex, predicate.GetProperty("policy").GetProperty("digest").GetProperty("sha256").GetString());
        Assert.Equal(Samples.Stored.Hex, predicate.GetProperty("inputAttestations")[0].GetProperty("digest").GetProperty("sha256").GetString());
        Assert.Equal("PASSED", predicate.GetProperty("verificationResult").GetString());
        Assert.Equal(7, predicate.GetProperty("dependencyLevels").GetProperty("SLSA_BUILD_LEVEL_1").GetInt64());
        Assert.Equal("1.1", predicate.GetProperty("slsaVersion").GetString());
        Assert.Equal("ci", predicate.GetProperty("urn:example:requester").GetString());
    }

    [Fact]
    public void A_failure_has_the_one_level_that_says_so()
    {
        var read = Read(Write(Whole with { Result = VerificationResult.Failed, VerifiedLevels = [] }));

        Assert.Equal(VerificationResult.Failed, read.Result);
        Assert.Equal("FAILED", Assert.Single(read.VerifiedLevels));
    }

    [Fact]
    public void Nothing_is_written_that_contradicts_itself()
    {
        Assert.Throws<ArgumentException>(() => Write(Whole with { VerifiedLevels = ["FAILED"] }));
        Assert.Throws<ArgumentException>(() => Write(Whole with { Result = VerificationResult.Failed }));
        Assert.Throws<ArgumentException>(() => Write(Whole with { PolicyDigest = Digest.FromSha512(new byte[64]) }));
        Assert.Throws<ArgumentException>(() => Write(Whole with
        {
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal) { ["requester"] = "ci" },
        }));
    }

    [Fact]
    public void Optional_members_may_be_missing_or_null()
    {
        foreach (var extra in new[] { "", ",\"timeVerified\":null,\"inputAttestations\":null,\"dependencyLevels\":null,\"slsaVersion\":null" })
        {
            var read = Read(Samples.Verified(PredicateTypes.VerificationSummary, Predicate(extra: extra)));

            Assert.Null(read.TimeVerified);
            Assert.Null(read.PolicyDigest);
            Assert.Null(read.DependencyLevels);
            Assert.Null(read.SlsaVersion);
            Assert.Empty(read.InputAttestations);
        }
    }

    [Fact]
    public void Only_extensions_named_by_uris_are_kept_and_other_members_ignored()
    {
        var read = Read(Samples.Verified(
            PredicateTypes.VerificationSummary, Predicate(extra: ",\"x\":1,\"requester\":\"a\",\"urn:a\":\"b\",\"urn:c\":{\"d\":1}")));

        Assert.Equal(new KeyValuePair<string, string>("urn:a", "b"), Assert.Single(read.Extensions));
    }

    [Fact]
    public void Counts_written_as_text_are_read_as_protobuf_writes_them() => Assert.Equal(
        12, Read(Samples.Verified(PredicateTypes.VerificationSummary, Predicate(extra: ",\"dependencyLevels\":{\"a\":\"12\"}"))).DependencyLevels!["a"]);

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong(string because, string predicate, string expected)
    {
        Assert.False(VerificationSummary.TryRead(Samples.Verified(PredicateTypes.VerificationSummary, predicate), out _, out var problem), because);
        Refused.With(ReasonCode.SignatureMalformed, expected, problem, because);
    }

    [Fact]
    public void A_statement_without_predicate_is_no_summary()
    {
        var statement = Samples.Verify(Encoding.UTF8.GetBytes(
            $$$"""{"_type":"{{{Statement.TypeV1}}}","subject":[{"digest":{"sha256":"{{{Samples.Image.Hex}}}"}}],"predicateType":"{{{PredicateTypes.VerificationSummary}}}"}"""));

        Assert.False(VerificationSummary.TryRead(statement, out _, out var problem));
        Refused.With(ReasonCode.SignatureMalformed, "not an object", problem, "no predicate");
    }

    [Theory]
    [InlineData("https://slsa.dev/verification_summary/v0.2")]
    [InlineData("https://slsa.dev/verification_summary/v1.0")]
    [InlineData(PredicateTypes.ImageSignature)]
    public void Another_predicate_type_is_no_summary(string predicateType)
    {
        Assert.False(VerificationSummary.TryRead(Samples.Verified(predicateType, Predicate()), out _, out var problem));
        Refused.With(ReasonCode.PayloadType, "no verification summary", problem, predicateType);
        Assert.Equal(predicateType, problem!.Actual);
    }

    [Fact]
    public void Every_count_and_the_size_have_a_limit()
    {
        var input = $$$"""{"digest":{"sha256":"{{{Samples.Image.Hex}}}"}}""";
        LimitIs("inputAttestations", n => $",\"inputAttestations\":[{string.Join(',', Enumerable.Repeat(input, n))}]");
        LimitIs("dependencyLevels", n => $",\"dependencyLevels\":{{{Members(n, "a", "1")}}}");
        LimitIs("extensions", n => $",{Members(n, "urn:", "\"x\"")}");
        LimitIs("version", n => $",\"verifier\":{{\"id\":\"v\",\"version\":{{{Members(n, "a", "\"x\"")}}}}}", Predicate(verifier: null));
        LimitIs("verifiedLevels", n => $",\"verifiedLevels\":[{string.Join(',', Enumerable.Repeat("\"x\"", n))}]", Predicate(levels: null));

        var padded = Predicate(extra: $",\"x\":\"{new string('x', Limits.SummaryBytes)}\"");
        Assert.False(VerificationSummary.TryRead(Samples.Verified(PredicateTypes.VerificationSummary, padded), out _, out var problem));
        Refused.With(ReasonCode.EvidenceLimit, "bytes", problem, "size");
    }

    private static void LimitIs(string what, Func<int, string> extra, string? predicate = null)
    {
        predicate ??= Predicate();
        Read(Samples.Verified(PredicateTypes.VerificationSummary, predicate[..^1] + extra(Limits.SummaryEntries) + "}"));
        Assert.False(VerificationSummary.TryRead(
            Samples.Verified(PredicateTypes.VerificationSummary, predicate[..^1] + extra(Limits.SummaryEntries + 1) + "}"), out _, out var problem), what);
        Refused.With(ReasonCode.EvidenceLimit, what, problem, what);
    }

    private static string Members(int count, string prefix, string value) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{prefix}{i}\":{value}"));

    private static string Predicate(
        string? verifier = """{"id":"v"}""", string? resource = "\"r\"", string? policy = """{"uri":"p"}""", string? result = "\"PASSED\"",
        string? levels = "[\"x\"]", string extra = "")
    {
        var members = new[] { ("verifier", verifier), ("resourceUri", resource), ("policy", policy), ("verificationResult", result), ("verifiedLevels", levels) }
            .Where(member => member.Item2 is not null).Select(member => $"\"{member.Item1}\":{member.Item2}");
        return $"{{{string.Join(',', members)}{extra}}}";
    }

    private static byte[] Write(VerificationSummary summary) => StatementWriter.Write(
        [StatementSubject.Of(Samples.Image, Samples.Repository)], PredicateTypes.VerificationSummary, summary.Write);

    private static VerificationSummary Read(byte[] statement) => Read(Samples.Verify(statement));

    private static VerificationSummary Read(VerifiedStatement statement)
    {
        Assert.True(VerificationSummary.TryRead(statement, out var summary, out var problem), problem?.Message);
        return summary;
    }
}
