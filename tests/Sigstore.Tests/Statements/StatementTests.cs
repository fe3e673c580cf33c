// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class StatementTests
{
    private const string Hex = "6c6fd6a4115c6e998ff357cd914680931bb9a6c1a7cd5f5cb2f5e1c0932ab6ed";
    private const string Subject = """{"name":"n","digest":{"sha256":"6c6fd6a4115c6e998ff357cd914680931bb9a6c1a7cd5f5cb2f5e1c0932ab6ed"}}""";

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "not JSON", "{", "malformed" },
        { "an array", "[]", "not an object" },
        { "no type", $$"""{"subject":[{{Subject}}],"predicateType":"t"}""", "no _type" },
        { "a type that is a number", With(type: "1"), "_type" },
        { "no subject", """{"_type":"https://in-toto.io/Statement/v1","predicateType":"t"}""", "no subject" },
        { "an empty list of subjects", With(subjects: "[]"), "no subject" },
        { "subjects that are null", With(subjects: "null"), "not an array" },
        { "a subject that is an object", With(subjects: Subject), "not an array" },
        { "a subject that is null", With(subjects: "[null]"), "not an object" },
        { "a second subject that is text", With(subjects: $"[{Subject},\"x\"]"), "not an object" },
        { "a subject without digest", With(subjects: """[{"name":"n"}]"""), "without a digest" },
        { "a second subject without digest", With(subjects: $$"""[{{Subject}},{"name":"n"}]"""), "without a digest" },
        { "a subject with an empty digest", With(subjects: """[{"digest":{}}]"""), "without a digest" },
        { "a subject whose digest is text", With(subjects: $$"""[{"digest":"sha256:{{Hex}}"}]"""), "not an object" },
        { "a subject whose digest is null", With(subjects: """[{"digest":null}]"""), "not an object" },
        { "a sha256 that is a number", With(subjects: """[{"digest":{"sha256":1}}]"""), "not text" },
        { "a sha256 in capitals", With(subjects: $$$"""[{"digest":{"sha256":"{{{Hex.ToUpperInvariant()}}}"}}]"""), "lower-case" },
        { "a sha256 too short", With(subjects: """[{"digest":{"sha256":"abc123"}}]"""), "64 hexadecimal" },
        { "a sha256 with its name", With(subjects: $$$"""[{"digest":{"sha256":"sha256:{{{Hex}}}"}}]"""), "64 hexadecimal" },
        { "a sha256 with space", With(subjects: $$$"""[{"digest":{"sha256":" {{{Hex[1..]}}}"}}]"""), "lower-case" },
        { "a name that is a number", With(subjects: $$"""[{"name":1,"digest":{"sha256":"{{Hex}}"} }]"""), "name is not text" },
        { "annotations that are a list", With(subjects: $$"""[{"digest":{"sha256":"{{Hex}}"},"annotations":[]}]"""), "annotations" },
        { "no predicateType", $$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{{Subject}}]}""", "no predicateType" },
        { "an empty predicateType", With(predicateType: "\"\""), "no predicateType" },
        { "a predicateType that is null", With(predicateType: "null"), "predicateType" },
        { "two subjects members", $$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{{Subject}}],"subject":[{{Subject}}],"predicateType":"t"}""", "twice" },
        { "two digests of one name", With(subjects: $$$"""[{"digest":{"sha256":"{{{Hex}}}","sha256":"{{{Hex}}}"}}]"""), "twice" },
        { "a duplicate deep in the predicate", With(predicate: """{"a":[{"b":1,"b":2}]}"""), "twice" },
        { "half a surrogate pair in the predicate", With(predicate: "\"\\ud800\""), "surrogate" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong(string because, string json, string expected)
    {
        Assert.False(Statement.TryReadUnverified(Encoding.UTF8.GetBytes(json), out _, out var problem), because);
        Refused.With(ReasonCode.SignatureMalformed, expected, problem, because);
    }

    [Theory]
    [InlineData("https://in-toto.io/Statement/v2")]
    [InlineData("https://in-toto.io/Statement/v0.2")]
    [InlineData("https://in-toto.io/Statement/v1/")]
    [InlineData("HTTPS://in-toto.io/Statement/v1")]
    [InlineData("https://in-toto.io/Provenance/v0.1")]
    public void Another_type_is_no_statement(string type)
    {
        Assert.False(Statement.TryReadUnverified(Encoding.UTF8.GetBytes(With(type: $"\"{type}\"")), out _, out var problem));
        Refused.With(ReasonCode.PayloadType, "known version", problem, type);
        Assert.Equal(type, problem!.Actual);
    }

    [Theory]
    [InlineData(Statement.TypeV1)]
    [InlineData(Statement.TypeV01)]
    public void Both_known_types_are_read(string type)
    {
        var statement = Read(With(type: $"\"{type}\"", predicate: """ { "a" : 1 } """));

        Assert.Equal("t", statement.PredicateType);
        Assert.Equal("""{ "a" : 1 }""", Encoding.UTF8.GetString(statement.Predicate.Span));
        Assert.Equal(new StatementSubject("n", Digest.Parse($"sha256:{Hex}"), statement.Subjects[0].Annotations), statement.Subjects[0]);
    }

    [Fact]
    public void Unknown_members_and_digests_are_ignored()
    {
        var statement = Read(
            $$$"""{"x":[1],"_type":"https://in-toto.io/Statement/v1","subject":[{"uri":"u","content":"","digest":{"gitCommit":"abc","sha256":"{{{Hex}}}"},"y":{}},{"digest":{"md5":"x"}}],"predicateType":"t","z":null}""");

        Assert.Equal(2, statement.Subjects.Count);
        Assert.Equal(Hex, statement.Subjects[0].Sha256!.Hex);
        Assert.Null(statement.Subjects[0].Name);
        Assert.Null(statement.Subjects[1].Sha256);
    }

    [Fact]
    public void Only_text_annotations_are_kept()
    {
        var statement = Read(With(subjects: $$$"""[{"digest":{"sha256":"{{{Hex}}}"},"annotations":{"env":"prod","n":1,"o":{"env":"x"},"l":["a"]}}]"""));

        Assert.Equal(new KeyValuePair<string, string>("env", "prod"), Assert.Single(statement.Subjects[0].Annotations));
    }

    [Fact]
    public void Every_count_has_its_limit()
    {
        LimitIs("subjects", Limits.StatementSubjects, count => With(subjects: $"[{string.Join(',', Enumerable.Repeat(Subject, count))}]"));
        LimitIs("digests", Limits.DigestsPerSubject, count => With(subjects: $$$"""[{"digest":{{{{Members(count)}}}}}]"""));
        LimitIs("annotations", Limits.SignatureAnnotations, count => With(subjects: $$$"""[{"digest":{"sha256":"{{{Hex}}}"},"annotations":{{{{Members(count)}}}}}]"""));
    }

    [Fact]
    public void The_reference_implementations_cases_come_out_the_same()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/in-toto/statement-validation.json")));
        foreach (var vector in vectors.RootElement.GetProperty("statements").EnumerateArray())
        {
            var isRead = Statement.TryReadUnverified(Encoding.UTF8.GetBytes(vector.GetProperty("input").GetString()!), out _, out var problem);
            Assert.True(vector.GetProperty("expect").GetString() is "valid" == isRead, $"{vector.GetProperty("id")}: {problem?.Message}");
        }

        // A resource descriptor is judged as the subject of a statement that is otherwise right.
        foreach (var vector in vectors.RootElement.GetProperty("resourceDescriptors").EnumerateArray())
        {
            var json = With(subjects: $"[{vector.GetProperty("input").GetString()}]");
            var isRead = Statement.TryReadUnverified(Encoding.UTF8.GetBytes(json), out _, out var problem);
            Assert.True(vector.GetProperty("expect").GetString() is "valid" == isRead, $"{vector.GetProperty("id")}: {problem?.Message}");
        }
    }

    [Fact]
    public void Examples_of_the_specification_are_read_where_they_are_whole_statements()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/in-toto/spec-examples.json")));
        var read = 0;
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var isStrict = vector.GetProperty("strictJson").GetBoolean();
            var text = Encoding.UTF8.GetBytes(vector.GetProperty("text").GetString()!);
            var because = vector.GetProperty("id").GetString()!;
            var isRead = Statement.TryReadUnverified(text, out var statement, out var problem);

            Assert.True(isStrict || !isRead, $"{because} is elided or commented and must not be read");
            if (isRead)
            {
                read++;
                Assert.NotEmpty(statement!.Subjects);
                continue;
            }

            // What is not read is an excerpt: no type of ours, or placeholders where digests belong.
            Assert.True(problem!.Reason == ReasonCode.SignatureMalformed || problem.Reason == ReasonCode.PayloadType, because);
        }

        Assert.True(read > 0, "no example was read at all");
    }

    [Fact]
    public void Cosigns_attestations_are_statements()
    {
        foreach (var file in new[] { "valid/custom.json", "malformed/vuln.json" })
        {
            Assert.True(Envelope.TryRead(
                File.ReadAllBytes(SharedFiles.Require($"vectors/dsse/cosign-attestations/{file}")), out var envelope, out _));
            Assert.True(Statement.TryReadUnverified(envelope.Payload, out var statement, out var problem), problem?.Message);
            Assert.NotNull(Assert.Single(statement.Subjects).Sha256);
        }
    }

    private static void LimitIs(string what, int limit, Func<int, string> json)
    {
        Assert.True(Statement.TryReadUnverified(Encoding.UTF8.GetBytes(json(limit)), out _, out var problem), problem?.Message);
        Assert.False(Statement.TryReadUnverified(Encoding.UTF8.GetBytes(json(limit + 1)), out _, out problem), what);
        Refused.With(ReasonCode.EvidenceLimit, what, problem, what);
    }

    private static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"a{i}\":\"x\""));

    private static string With(
        string type = $"\"{Statement.TypeV1}\"", string subjects = $"[{Subject}]", string predicateType = "\"t\"", string predicate = "{}") =>
        $$"""{"_type":{{type}},"subject":{{subjects}},"predicateType":{{predicateType}},"predicate":{{predicate}}}""";

    private static Statement Read(string json)
    {
        Assert.True(Statement.TryReadUnverified(Encoding.UTF8.GetBytes(json), out var statement, out var problem), problem?.Message);
        return statement;
    }
}
