// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore.Tests;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032 §7.1: seed, public key, message, signature.</summary>
    public static TheoryData<string, string, string, string, string> Rfc8032 => new()
    {
        {
            "TEST 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "TEST 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "TEST 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    /// <summary>Encodings RFC 8032 §5.1.3 does not allow, and points whose signatures anyone can make.</summary>
    public static TheoryData<string, string, string> RefusedKeys => new()
    {
        { "31 bytes", new string('1', 62), "32 bytes" },
        { "33 bytes", new string('1', 66), "32 bytes" },
        { "y = p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical" },
        { "y = p + 1, the same point as y = 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical" },
        { "y = 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical" },
        { "y = p with the other sign", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "canonical" },
        { "the neutral element", "0100000000000000000000000000000000000000000000000000000000000000", "small order" },
        { "the neutral element with the other sign", "0100000000000000000000000000000000000000000000000000000000000080", "small order" },
        { "order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small order" },
        { "order 4", "0000000000000000000000000000000000000000000000000000000000000000", "small order" },
        { "order 4, other sign", "0000000000000000000000000000000000000000000000000000000000000080", "small order" },
        { "order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small order" },
        { "order 8, other sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "small order" },
        { "the other order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "small order" },
        { "the other order 8, other sign", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "small order" },
    };

    [Theory, MemberData(nameof(Rfc8032))]
    public void Signs_and_verifies_as_the_standard_shows(string because, string seed, string publicKey, string message, string signature)
    {
        using var privateKey = Ed25519.ImportPrivate(Convert.FromHexString(seed));
        var key = new Ed25519Key(Convert.FromHexString(publicKey));

        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.ExportPublic(privateKey)));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(privateKey, Convert.FromHexString(message))));
        Assert.True(key.Verify(Convert.FromHexString(message), Convert.FromHexString(signature)), because);
    }

    [Theory, MemberData(nameof(Rfc8032))]
    public void Refuses_every_flipped_bit_of_a_signature(string because, string seed, string publicKey, string message, string signature)
    {
        Assert.NotEmpty(seed);
        var key = new Ed25519Key(Convert.FromHexString(publicKey));
        for (var bit = 0; bit < 8 * Ed25519.SignatureSize; bit++)
        {
            var tampered = Convert.FromHexString(signature);
            tampered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.Verify(Convert.FromHexString(message), tampered), $"{because}, bit {bit}");
        }
    }

    [Theory, MemberData(nameof(Rfc8032))]
    public void Refuses_a_signature_of_another_length(string because, string seed, string publicKey, string message, string signature)
    {
        Assert.NotEmpty(seed);
        var key = new Ed25519Key(Convert.FromHexString(publicKey));
        Assert.False(key.Verify(Convert.FromHexString(message), Convert.FromHexString(signature).AsSpan(0, 63)), because);
        Assert.False(key.Verify(Convert.FromHexString(message), Convert.FromHexString(signature + "00")), because);
        Assert.False(key.Verify(Convert.FromHexString(message), []), because);
    }

    [Theory, MemberData(nameof(RefusedKeys))]
    public void Refuses_keys_that_are_not_points_of_large_order_in_canonical_form(string because, string hex, string expected)
    {
        Assert.False(PublicKey.TryReadSpki(SubjectPublicKeyInfo.WrapEd25519(Convert.FromHexString(hex)), out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_canonical_encoding_that_is_no_point()
    {
        // y = 2 has no x on the curve.
        var notAPoint = new byte[Ed25519.PublicKeySize];
        notAPoint[0] = 2;
        Assert.True(PublicKey.TryReadSpki(SubjectPublicKeyInfo.WrapEd25519(notAPoint), out var key, out var problem), problem);

        Assert.False(key.Verify(new ToBeSigned([], "x"u8.ToArray()), new byte[Ed25519.SignatureSize]));
    }

    [Fact]
    public void One_key_verifies_on_many_threads_at_once()
    {
        var signer = TestSigner.Of(SigningAlgorithm.Ed25519);
        var message = Envelope.ToBeSigned("t", RandomNumberGenerator.GetBytes(100));
        var signature = signer.Sign(message);

        Parallel.For(0, 200, _ => Assert.True(signer.Key.Verify(message, signature)));
    }

    [Fact]
    public void Libcrypto_is_looked_for_by_every_name_before_it_counts_as_missing()
    {
        Assert.Equal(0, LibCrypto.Load(["libsupplychain-nothing.so.1", "libsupplychain-nothing.so"]));
        Assert.NotEqual(0, LibCrypto.Load(["libsupplychain-nothing.so", "libcrypto.so.3"]));
        Assert.Contains("OpenSSL", LibCrypto.Missing().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_without_ed25519_does_not_count() => Assert.Equal(0, LibCrypto.Load(["libc.so.6"]));
}
