// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests;

public sealed class StatementWriterTests
{
    public static TheoryData<string, string, string> UnreadablePredicates => new()
    {
        { "a duplicate", """{"a":1,"a":2}""", "twice" },
        { "too deep", new string('[', Limits.Depth) + new string(']', Limits.Depth), "nested" },
        { "half a surrogate pair", "\"\\ud800\"", "surrogate" },
    };

    [Fact]
    public void An_image_signature_is_written_as_cosign_writes_it_with_the_repository_added()
    {
        Assert.Equal(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"registry.example.com/payments/api","digest":{"sha256":"{{{Samples.Image.Hex}}}"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}""",
            Encoding.UTF8.GetString(StatementWriter.WriteImageSignature(Samples.Image, Samples.Repository)));
        Assert.Equal(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"{{{Samples.Image.Hex}}}"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}""",
            Encoding.UTF8.GetString(StatementWriter.WriteImageSignature(Samples.Image, repository: null)));
    }

    [Fact]
    public void Annotations_survive()
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = "prod", ["ü"] = "\"<>&+'" };

        var verified = Samples.Verify(StatementWriter.Write(
            [StatementSubject.Of(Samples.Image) with { Annotations = annotations }], "t", writer => writer.WriteNullValue()));

        Assert.Equal(annotations, verified.Subjects[0].Annotations);
    }

    [Theory, MemberData(nameof(UnreadablePredicates))]
    public void Nothing_is_written_that_could_not_be_read_again(string because, string predicate, string expected)
    {
        var refused = Assert.Throws<ArgumentException>(() => StatementWriter.Write(
            [StatementSubject.Of(Samples.Image)], "t", writer => writer.WriteRawValue(predicate, skipInputValidation: true)));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(because);
    }

    [Fact]
    public void A_statement_needs_a_subject_with_a_sha256_and_a_type()
    {
        var sha512 = Digest.FromSha512(new byte[64]);

        Assert.Throws<ArgumentException>(() => StatementWriter.Write([], "t", writer => writer.WriteNullValue()));
        Assert.Throws<ArgumentException>(() => StatementWriter.Write([StatementSubject.Of(sha512)], "t", writer => writer.WriteNullValue()));
        Assert.Throws<ArgumentException>(() => StatementWriter.Write([StatementSubject.Of(Samples.Image)], "", writer => writer.WriteNullValue()));
    }
}
