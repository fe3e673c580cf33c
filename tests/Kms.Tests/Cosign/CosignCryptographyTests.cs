// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SupplyChain.Kms.Tests;

/// <summary>What cosign's key files are made of, against published vectors.</summary>
public sealed class CosignCryptographyTests
{
    /// <summary>RFC 7914 §12; the fourth, of 1 GiB, is left out.</summary>
    public static TheoryData<string, string, int, int, int, string> ScryptVectors => new()
    {
        {
            "", "", 16, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        },
        {
            "password", "NaCl", 1024, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        },
        {
            "pleaseletmein", "SodiumChloride", 16384, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        },
    };

    /// <summary>RFC 8439 §2.5.2, and of appendix A.3 those where carries and the final reduction matter (vectors 1, 2 and 7 to 11).</summary>
    public static TheoryData<string, string, string> Poly1305Vectors => new()
    {
        {
            "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
            Convert.ToHexString("Cryptographic Forum Research Group"u8), "a8061dc1305136c6c22b8baf0c0127a9"
        },
        { new string('0', 64), new string('0', 128), new string('0', 32) },
        { "02" + new string('0', 62), new string('f', 32), "03" + new string('0', 30) },
        { "02" + new string('0', 30) + new string('f', 32), "02" + new string('0', 30), "03" + new string('0', 30) },
        {
            "01" + new string('0', 62), new string('f', 32) + "f0" + new string('f', 30) + "11" + new string('0', 30),
            "05" + new string('0', 30)
        },
        {
            "01" + new string('0', 62), new string('f', 32) + "fb" + string.Concat(Enumerable.Repeat("fe", 15)) + string.Concat(Enumerable.Repeat("01", 16)),
            new string('0', 32)
        },
        { "02" + new string('0', 62), "fd" + new string('f', 30), "fa" + new string('f', 30) },
        {
            "0100000000000000040000000000000000000000000000000000000000000000",
            "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000",
            "14000000000000005500000000000000"
        },
        {
            "0100000000000000040000000000000000000000000000000000000000000000",
            "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000",
            "13000000000000000000000000000000"
        },
    };

    [Theory, MemberData(nameof(ScryptVectors))]
    public void Scrypt_derives_what_RFC_7914_says(string password, string salt, int n, int r, int p, string expected)
    {
        var key = new byte[64];

        Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, key);

        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Fact]
    public void Salsa20_of_8_rounds_is_that_of_RFC_7914()
    {
        // RFC 7914 §8.
        var block = Words("7e879a214f3ec9867ca940e641718f26baee555b8c61c1b50df846116dcd3b1dee24f319df9b3d8514121e4b5ac5aa3276021d2909c74829edebc68db8b8c25e");

        Salsa20.Core(block, rounds: 8);

        Assert.Equal(
            Words("a41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81"),
            block);
    }

    [Theory, MemberData(nameof(Poly1305Vectors))]
    public void Poly1305_computes_what_RFC_8439_says(string key, string message, string expected)
    {
        var tag = new byte[16];

        Poly1305.Compute(Convert.FromHexString(key), Convert.FromHexString(message), tag);

        Assert.Equal(expected, Convert.ToHexStringLower(tag));
    }

    // NaCl-20110221, tests/secretbox.c and secretbox2.c; the same numbers are in "Cryptography in NaCl", §10.
    private const string BoxKey = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
    private const string BoxNonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
    private const string BoxMessage =
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4"
        + "1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52"
        + "f0a089bc76897040e082f937763848645e0705";

    private const string Box =
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b"
        + "4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da"
        + "99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";

    [Fact]
    public void A_secret_box_of_NaCl_opens()
    {
        Assert.True(SecretBox.TryOpen(
            Convert.FromHexString(BoxKey), Convert.FromHexString(BoxNonce), Convert.FromHexString(Box), out var message));
        Assert.Equal(BoxMessage, Convert.ToHexStringLower(message));
    }

    [Fact]
    public void A_secret_box_with_any_bit_flipped_stays_shut()
    {
        var box = Convert.FromHexString(Box);
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SecretBox.TryOpen(Convert.FromHexString(BoxKey), Convert.FromHexString(BoxNonce), box, out _), $"bit {bit}");
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(SecretBox.TryOpen(Convert.FromHexString(BoxKey), Convert.FromHexString(BoxNonce), box.AsSpan(..^1), out _));
        Assert.False(SecretBox.TryOpen(Convert.FromHexString(BoxKey), Convert.FromHexString(BoxNonce), box.AsSpan(..15), out _));
    }

    [Fact]
    public void Poly1305_agrees_with_numbers_of_any_size()
    {
        // The same by the textbook: a polynomial over 2^130 - 5.
        var prime = (System.Numerics.BigInteger.One << 130) - 5;
        var tag = new byte[16];
        for (var length = 0; length < 130; length++)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var message = RandomNumberGenerator.GetBytes(length);
            foreach (var at in (int[])[3, 7, 11, 15])
                key[at] &= 15;
            foreach (var at in (int[])[4, 8, 12])
                key[at] &= 252;
            var sum = System.Numerics.BigInteger.Zero;
            foreach (var block in message.Chunk(16))
                sum = (sum + new System.Numerics.BigInteger([.. block, 1], isUnsigned: true)) * new System.Numerics.BigInteger(key.AsSpan(..16), isUnsigned: true) % prime;
            sum = (sum + new System.Numerics.BigInteger(key.AsSpan(16..), isUnsigned: true)) % (System.Numerics.BigInteger.One << 128);
            var expected = new byte[16];
            sum.TryWriteBytes(expected, out _, isUnsigned: true);

            Poly1305.Compute(key, message, tag);

            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(tag));
        }
    }

    private static uint[] Words(string hex) => [.. Convert.FromHexString(hex).Chunk(4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(word))];
}
