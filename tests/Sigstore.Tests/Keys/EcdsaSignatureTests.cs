// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

public sealed class EcdsaSignatureTests
{
    public static TheoryData<string, string> NotDer => new()
    {
        { "nothing", "" },
        { "a tag alone", "30" },
        { "an empty sequence", "3000" },
        { "one integer", "3003020101" },
        { "three integers", "3009020101020101020101" },
        { "a byte after the end", "300602010102010100" },
        { "a byte inside after the integers", "300702010102010100" },
        { "the end missing", "3006020101020101"[..14] },
        { "a sequence longer than the bytes", "3007020101020101" },
        { "a length in two bytes that fits one", "308106020101020101" },
        { "a length in three bytes", "30820006020101020101" },
        { "an indefinite length", "30800201010201010000" },
        { "another tag around", "3106020101020101" },
        { "a bit string for r", "3006030101020101" },
        { "a bit string for s", "3006020101030101" },
        { "r with a needless zero", "300702020001020101" },
        { "s with a needless zero", "300702010102020001" },
        { "r that would be negative", "3006020181020101" },
        { "s that would be negative", "3006020101020181" },
        { "r without content", "30050200020101" },
        { "s without content", "30050201010200" },
        { "r longer than the curve", "302602213f" + new string('1', 64) + "020101" },
        { "r whose length is in two bytes", "300702810101020101" },
        { "r that runs over the end", "3006020501020101" },
    };

    [Theory, MemberData(nameof(NotDer))]
    public void Takes_nothing_that_is_not_der(string because, string hex) =>
        Assert.False(EcdsaSignature.TryReadDer(Convert.FromHexString(hex), new byte[64]), because);

    [Fact]
    public void Reads_and_writes_the_only_encoding_of_a_signature()
    {
        Span<byte> der = stackalloc byte[160];
        foreach (var width in new[] { 32, 48, 66 })
        {
            for (var i = 0; i < 2_000; i++)
            {
                var value = RandomNumberGenerator.GetBytes(2 * width);
                // Short values on either side are where encodings go wrong.
                value.AsSpan(0, RandomNumberGenerator.GetInt32(width + 1)).Clear();
                value.AsSpan(width, RandomNumberGenerator.GetInt32(width + 1)).Clear();
                var read = new byte[2 * width];

                var written = der[..EcdsaSignature.WriteDer(value, der)];

                Assert.True(EcdsaSignature.TryReadDer(written, read));
                Assert.Equal(value, read);
            }
        }
    }

    [Fact]
    public void Every_changed_byte_gives_another_signature_or_none()
    {
        var signer = TestSigner.P256;
        var message = Envelope.ToBeSigned("t", "x"u8.ToArray());
        var signature = signer.Sign(message);
        for (var at = 0; at < signature.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var tampered = signature.ToArray();
                tampered[at] ^= (byte)(1 << bit);
                Assert.False(signer.Key.Verify(message, tampered), $"byte {at}, bit {bit}");
            }
        }
    }

    [Theory]
    [InlineData("P-256", 32)]
    [InlineData("P-384", 48)]
    [InlineData("P-521", 66)]
    public void R_and_s_lie_between_one_and_the_order(string name, int width)
    {
        var curve = NamedCurve.All.Single(curve => curve.Name == name);
        var order = OrderOf(name);
        var below = order.ToArray();
        below[^1]--;
        var one = new byte[width];
        one[^1] = 1;

        Assert.Equal(width, curve.Width);
        Assert.False(curve.IsScalar(new byte[width]), "zero");
        Assert.True(curve.IsScalar(one), "one");
        Assert.True(curve.IsScalar(below), "the order less one");
        Assert.False(curve.IsScalar(order), "the order");
        Assert.False(curve.IsScalar(Enumerable.Repeat((byte)0xFF, width).ToArray()), "above the order");
    }

    [Fact]
    public void Malformed_der_is_neither_a_key_nor_a_signature()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/crypto/der-malformed.sigstore-js.json")));
        foreach (var test in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            foreach (var der in Encodings(test))
            {
                Assert.False(PublicKey.TryReadSpki(der, out _, out _), test.GetProperty("id").GetString());
                Assert.False(EcdsaSignature.TryReadDer(der, new byte[64]), test.GetProperty("id").GetString());
            }
        }
    }

    // The order from the base library's explicit parameters, so that our constants are checked against somebody else's.
    private static byte[] OrderOf(string name)
    {
        using var key = ECDsa.Create(name switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        });
        return key.ExportExplicitParameters(includePrivateParameters: false).Curve.Order!;
    }

    private static IEnumerable<byte[]> Encodings(JsonElement test)
    {
        if (test.TryGetProperty("hex", out var hex))
            return [Convert.FromHexString(hex.GetString()!)];

        // Sequences within sequences, as deep as the case says.
        return new[] { test.GetProperty("accept").GetInt32(), test.GetProperty("reject").GetInt32() }.Select(depth =>
        {
            byte[] der = [0x30, 0x00];
            for (var i = 0; i < depth; i++)
                der = der.Length < 128 ? [0x30, (byte)der.Length, .. der]
                    : der.Length < 256 ? [0x30, 0x81, (byte)der.Length, .. der]
                    : [0x30, 0x82, (byte)(der.Length >> 8), (byte)(der.Length & 0xFF), .. der];
            return der;
        });
    }
}
