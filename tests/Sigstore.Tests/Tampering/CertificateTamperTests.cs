// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// Every one-place change of a certificate: by somebody who cannot sign it, and by its own authority, whose log of certificates has
/// promised to record another.
/// </summary>
public sealed class CertificateTamperTests
{
    private static readonly BundleDraft Kind = BundleDraft.All.Single(draft => draft.Name == "0.3 message");

    [Fact]
    public void Of_a_certificate_not_one_thing_may_change()
    {
        var der = Leaf(OwnBundles.Instance.Find(Kind.Name).Json);
        Assert.True(IsIssued(der));

        var accepted = DerTamper.Everything(der).Where(change => IsIssued(change.Der)).Select(change => $"{change}");

        Assert.Equal([], accepted);
    }

    [Fact]
    public void Of_an_authoritys_certificates_not_one_thing_may_change_that_another_signed()
    {
        var authority = OwnBundles.Instance.World.Authority.Certificates;
        Assert.True(IsBelow(authority[0], authority[1]));

        var accepted = DerTamper.Everything(authority[0]).Where(change => IsBelow(change.Der, authority[1])).Select(change => $"{change}");

        Assert.Equal([], accepted);
    }

    [Fact]
    public void Of_a_certificate_that_its_authority_signs_again_everything_is_what_its_log_promised()
    {
        var original = WorkloadAuthority.SignedPart(Leaf(OwnBundles.Instance.Find(Kind.Name).Json));
        var wrong = DerTamper.Everything(original).Select(change => change.ToString()).Distinct().Select(change => (Change: change, Verdict: SignedAgain(change)))
            .Where(found => found.Verdict is not ("CERT_INVALID" or "SIGNATURE_MALFORMED" or "SIGNATURE_INVALID")).Select(found => $"{found.Change}: {found.Verdict}");

        Assert.Equal([], wrong);
    }

    [Fact]
    public void Every_byte_of_a_promise_to_record_a_certificate_counts()
    {
        var length = Promises(WorkloadAuthority.SignedPart(Leaf(OwnBundles.Instance.Find(Kind.Name).Json))).Length;
        Assert.InRange(length, 100, 200);
        for (var i = 0; i < length; i++)
        {
            var at = i;
            var known = OwnBundles.Instance.Make(Kind, signedPart =>
            {
                var promises = Promises(signedPart);
                // Signatures differ in length by a byte or two.
                promises[Math.Min(at, promises.Length - 1)] ^= (byte)(1 << (at % 8));
                return signedPart;
            });

            Assert.Equal("CERT_INVALID", known.Verify(known.Json));
        }
    }

    private static string SignedAgain(string change)
    {
        // Another certificate has another serial number, key and promise; the place and kind of a change are the same.
        var known = OwnBundles.Instance.Make(Kind, signedPart =>
            DerTamper.Everything(signedPart).FirstOrDefault(found => found.ToString() == change)?.Der ?? [0x30, 0]);
        return known.Verify(known.Json);
    }

    private static bool IsIssued(byte[] der) => Certificate.TryRead(der, out var leaf, out _)
        && CertificatePath.TryVerify(
            leaf, OwnBundles.Instance.Find(Kind.Name).Trust.Root.CertificateAuthorities[0].Certificates, CertificateOids.CodeSigning,
            OwnBundles.Instance.World.Clock.GetUtcNow(), out _);

    private static bool IsBelow(byte[] der, byte[] issuer) =>
        Certificate.TryRead(der, out var below, out _) && Certificate.TryRead(issuer, out var above, out _) && below.IsIssuedBy(above);

    private static byte[] Leaf(byte[] bundle) =>
        Convert.FromBase64String(JsonNode.Parse(bundle)!["verificationMaterial"]!["certificate"]!["rawBytes"]!.GetValue<string>());

    // The list of promises is the last thing that is signed; RFC 6962 §3.3 has it in a string within a string.
    private static Span<byte> Promises(byte[] signedPart)
    {
        ReadOnlySpan<byte> oid = [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];
        var rest = signedPart.AsSpan(signedPart.AsSpan().LastIndexOf(oid) + oid.Length);
        return SkipHeader(SkipHeader(rest));
    }

    private static Span<byte> SkipHeader(Span<byte> element) => element[(element[1] < 0x80 ? 2 : 2 + (element[1] & 0x7f))..];
}
