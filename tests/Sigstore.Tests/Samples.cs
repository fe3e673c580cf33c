// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests;

/// <summary>One image, and evidence about it that is accepted; tests change one thing of it.</summary>
internal static class Samples
{
    public static Digest Image { get; } = Digest.Compute("the image"u8);

    public static Digest OtherImage { get; } = Digest.Compute("another image"u8);

    public static Digest Stored { get; } = Digest.Compute("the stored bytes"u8);

    public static Repository Repository { get; } = Repository.Parse("registry.example.com/payments/api");

    public static byte[] Statement => StatementWriter.WriteImageSignature(Image, Repository);

    public static byte[] Payload => SimpleSigning.WritePayload(Repository, Image);

    public static byte[] Bundle => Sigstore.Bundle.Write(TestSigner.P256.Envelope(Statement), TestSigner.P256.Key);

    public static VerifiedStatement Verify(byte[] statement, TestSigner? signer = null)
    {
        signer ??= TestSigner.P256;
        Assert.True(EnvelopeVerifier.TryVerify(
            signer.Envelope(statement), Image, [signer.Key], Stored, out var verified, out var problem), problem?.Message);
        return verified;
    }

    /// <summary>A verified statement about the image with that predicate, whatever it says.</summary>
    public static VerifiedStatement Verified(string predicateType, string predicate) => Verify(Encoding.UTF8.GetBytes(
        $$$"""{"_type":"{{{Sigstore.Statement.TypeV1}}}","subject":[{"digest":{"sha256":"{{{Image.Hex}}}"}}],"predicateType":"{{{predicateType}}}","predicate":{{{predicate}}}}"""));
}
