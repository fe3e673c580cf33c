// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

public sealed class VerifiedSignatureTests
{
    [Fact]
    public void A_statement_of_the_image_signature_type_is_one()
    {
        var statement = Samples.Verify(Samples.Statement);

        Assert.True(VerifiedSignature.TryFromStatement(statement, out var signature, out _));

        Assert.Equal(statement.Key, signature.Key);
        Assert.Equal(Samples.Image, signature.Image);
        Assert.Equal(Samples.Stored, signature.Digest);
        Assert.Equal("registry.example.com/payments/api", signature.Repository);
    }

    [Fact]
    public void Cosigns_form_without_a_name_names_no_repository_but_keeps_annotations()
    {
        var statement = Samples.Verify(Encoding.UTF8.GetBytes(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"{{{Samples.Image.Hex}}}"},"annotations":{"k":"v"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}"""));

        Assert.True(VerifiedSignature.TryFromStatement(statement, out var signature, out _));

        Assert.Null(signature.Repository);
        Assert.Equal("v", signature.Annotations["k"]);
    }

    [Theory]
    [InlineData(PredicateTypes.VerificationSummary)]
    [InlineData(PredicateTypes.VulnerabilityScan)]
    [InlineData("https://sigstore.dev/cosign/sign/v2")]
    [InlineData("https://sigstore.dev/cosign/sign/v1/")]
    [InlineData("https://sigstore.dev/cosign/sign/v1 ")]
    public void No_other_statement_is_an_image_signature(string predicateType)
    {
        Assert.False(VerifiedSignature.TryFromStatement(Samples.Verified(predicateType, "{}"), out _, out var problem));

        Refused.With(ReasonCode.PayloadType, "no image signature", problem, predicateType);
        Assert.Equal(PredicateTypes.ImageSignature, problem!.Expected);
        Assert.Equal(predicateType, problem.Actual);
    }

    [Fact]
    public void The_repository_is_the_name_of_the_subject_that_is_the_image()
    {
        var statement = Samples.Verify(StatementWriter.Write(
            [StatementSubject.Of(Samples.OtherImage) with { Name = "other" }, StatementSubject.Of(Samples.Image) with { Name = "mine" }],
            PredicateTypes.ImageSignature, writer => writer.WriteNullValue()));

        Assert.True(VerifiedSignature.TryFromStatement(statement, out var signature, out _));
        Assert.Equal("mine", signature.Repository);
    }

    [Fact]
    public void An_image_with_two_names_is_refused()
    {
        var statement = Samples.Verify(StatementWriter.Write(
            [StatementSubject.Of(Samples.Image, Samples.Repository), StatementSubject.Of(Samples.Image)],
            PredicateTypes.ImageSignature, writer => writer.WriteNullValue()));

        Assert.False(VerifiedSignature.TryFromStatement(statement, out _, out var problem));
        Refused.With(ReasonCode.SubjectMismatch, "more than once", problem, "two names");
    }
}
