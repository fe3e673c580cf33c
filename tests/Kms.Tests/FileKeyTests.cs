// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

public sealed class FileKeyTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly ToBeSigned Message = Envelope.ToBeSigned("text/plain", "hello"u8.ToArray());

    // Deriving a key from a password is slow on purpose: tests that need any key share this one.
    private static readonly Lazy<(string Private, string Public)> Shared = new(() =>
    {
        using var folder = new TempFolder();
        using var password = KeyPassword.From("correct horse");
        FileKey.Generate(folder["release.key"], KeyType.EcdsaP256, password);
        return (File.ReadAllText(folder["release.key"]), File.ReadAllText(folder["release.pub"]));
    });

    private readonly TempFolder _folder = new();
    private readonly KeyPassword _password = KeyPassword.From("correct horse");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    /// <summary>What openssl is asked to make, and the algorithm it means here.</summary>
    public static TheoryData<string, string[], SigningAlgorithm> OpenSslKeys => new()
    {
        { "P-256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], SigningAlgorithm.EcdsaP256Sha256 },
        { "P-384", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], SigningAlgorithm.EcdsaP384Sha384 },
        { "P-521", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], SigningAlgorithm.EcdsaP521Sha512 },
        { "RSA", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], SigningAlgorithm.RsaPkcs1Sha256 },
        { "Ed25519", ["-algorithm", "ED25519"], SigningAlgorithm.Ed25519 },
    };

    public void Dispose()
    {
        _password.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_RSA_key_signs_PSS_if_it_is_asked_to()
    {
        var plain = FileKey.Generate(_folder["release.key"], KeyType.Rsa2048, _password);
        var source = new FileKeys(_password);
        var key = await source.OpenAsync(KeyUri.Parse($"file:{_folder["release.key"]}"), SigningAlgorithm.RsaPssSha256, _ct);
        using var opened = key as IDisposable;

        var signature = await key.SignAsync(Message, _ct);

        Assert.Equal(SigningAlgorithm.RsaPssSha256, key.PublicKey.Algorithm);
        Assert.True(plain.With(SigningAlgorithm.RsaPssSha256).Verify(Message, signature));
        Assert.False(plain.Verify(Message, signature));
    }

    [Fact]
    public async Task What_a_key_does_not_offer_is_refused_when_it_is_opened()
    {
        await File.WriteAllTextAsync(_folder["release.key"], Shared.Value.Private, _ct);
        File.SetUnixFileMode(_folder["release.key"], OwnerOnly);
        var source = new FileKeys(_password);

        var problem = await Assert.ThrowsAsync<KmsException>(
            () => source.OpenAsync(KeyUri.Parse($"file:{_folder["release.key"]}"), SigningAlgorithm.RsaPssSha256, _ct).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, problem.Reason);
        Assert.Contains("expected rsa-pss-sha256, found a key for ecdsa-p256-sha256", problem.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task A_generated_key_signs_and_its_public_half_verifies(KeyType type)
    {
        var publicKey = FileKey.Generate(_folder["release.key"], type, _password);
        using var key = await FileKey.OpenAsync(_folder["release.key"], _password, _ct);
        var fromFile = await PublicKeys.OfFiles.OpenAsync(KeyUri.Parse($"file:{_folder["release.key"]}"), _ct);

        var signature = await key.SignAsync(Message, _ct);

        Assert.Equal(publicKey, key.PublicKey);
        Assert.Equal(publicKey, fromFile);
        Assert.True(fromFile.Verify(Message, signature), type.ToString());
        Assert.Equal($"file:{_folder["release.key"]}", key.Id);
    }

    [Theory, MemberData(nameof(Types))]
    public void Openssl_reads_what_is_generated(KeyType type)
    {
        FileKey.Generate(_folder["release.key"], type, _password);

        var publicPem = OpenSsl.Run("pkey", "-in", _folder["release.key"], "-passin", "pass:correct horse", "-pubout");

        Assert.Equal(File.ReadAllText(_folder["release.pub"]), publicPem);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Openssl_verifies_what_is_signed(KeyType type)
    {
        FileKey.Generate(_folder["release.key"], type, _password);
        using var key = await FileKey.OpenAsync(_folder["release.key"], _password, _ct);
        await File.WriteAllBytesAsync(_folder["message"], Message.Message.ToArray(), _ct);
        await File.WriteAllBytesAsync(_folder["signature"], await key.SignAsync(Message, _ct), _ct);

        string[] digest = key.PublicKey.Algorithm == SigningAlgorithm.Ed25519
            ? []
            : ["-digest", key.PublicKey.Algorithm.DigestAlgorithm().Name!];
        var verdict = OpenSsl.Run([
            "pkeyutl", "-verify", "-pubin", "-inkey", _folder["release.pub"], "-rawin", .. digest,
            "-in", _folder["message"], "-sigfile", _folder["signature"]]);

        Assert.Contains("Verified Successfully", verdict, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(OpenSslKeys))]
    public async Task Keys_that_openssl_made_and_encrypted_are_read(string because, string[] arguments, SigningAlgorithm algorithm)
    {
        OpenSsl.Run(["genpkey", .. arguments, "-out", _folder["plain.pem"]]);
        foreach (var cipher in new[] { "aes-256-cbc", "aes-192-cbc", "aes-128-cbc" })
        {
            foreach (var prf in new[] { "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512" })
            {
                OpenSsl.Run(
                    "pkcs8", "-topk8", "-v2", cipher, "-v2prf", prf, "-in", _folder["plain.pem"], "-out", _folder["release.pem"],
                    "-passout", "pass:correct horse");
                File.SetUnixFileMode(_folder["release.pem"], OwnerOnly);

                using var key = await FileKey.OpenAsync(_folder["release.pem"], _password, _ct);

                Assert.Equal(algorithm, key.PublicKey.Algorithm);
                Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, _ct)), because);
                Assert.Equal(OpenSsl.Run("pkey", "-in", _folder["plain.pem"], "-pubout"), key.PublicKey.ToPem());
            }
        }
    }

    [Theory]
    [InlineData("-v1", "PBE-SHA1-3DES")]
    [InlineData("-v2", "des3")]
    [InlineData("-v2prf", "hmacWithSHA1")]
    [InlineData("-scrypt", null)]
    public async Task Other_encryption_is_refused_with_what_to_do(string option, string? value)
    {
        OpenSsl.Run("genpkey", "-algorithm", "ED25519", "-out", _folder["plain.pem"]);
        OpenSsl.Run([
            "pkcs8", "-topk8", option, .. (string[])(value is null ? [] : [value]), "-in", _folder["plain.pem"], "-out", _folder["release.pem"],
            "-passout", "pass:correct horse"]);
        File.SetUnixFileMode(_folder["release.pem"], OwnerOnly);

        await RefusedAsync("encrypt it again", _folder["release.pem"]);
    }

    [Fact]
    public async Task Keys_that_do_not_sign_here_are_refused()
    {
        foreach (var (arguments, expected) in new[]
        {
            (new[] { "-algorithm", "X25519" }, "1.3.101.110 do not sign"),
            (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "not supported"),
            (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "found 1024"),
        })
        {
            OpenSsl.Run(["genpkey", .. arguments, "-out", _folder["plain.pem"]]);
            OpenSsl.Run("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", _folder["plain.pem"], "-out", _folder["release.pem"], "-passout", "pass:correct horse");
            File.SetUnixFileMode(_folder["release.pem"], OwnerOnly);

            await RefusedAsync(expected, _folder["release.pem"]);
        }
    }

    [Fact]
    public void The_private_file_is_its_owners_alone_and_encrypted_as_promised()
    {
        FileKey.Generate(_folder["release.key"], KeyType.EcdsaP256, _password);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["release.key"]));
        var pem = File.ReadAllText(_folder["release.key"]);
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", pem, StringComparison.Ordinal);
        var described = OpenSsl.Run("asn1parse", "-in", _folder["release.key"]);
        Assert.Contains("PBES2", described, StringComparison.Ordinal);
        Assert.Contains("PBKDF2", described, StringComparison.Ordinal);
        Assert.Contains("hmacWithSHA256", described, StringComparison.Ordinal);
        Assert.Contains("aes-256-cbc", described, StringComparison.Ordinal);
        Assert.Contains("INTEGER           :0927C0", described, StringComparison.Ordinal); // 600,000 rounds
    }

    [Theory]
    [InlineData("release.key", "release.pub")]
    [InlineData("release.pem", "release.pub")]
    [InlineData("release", "release.pub")]
    [InlineData("payments.v2", "payments.v2.pub")]
    [InlineData("release.pub", "release.pub")]
    [InlineData("keys.d/release", "keys.d/release.pub")]
    public void The_public_half_lies_beside_the_private(string path, string expected) => Assert.Equal(expected, FileKey.PublicPath(path));

    [Theory]
    [InlineData("release.key", "release.key")]
    [InlineData("release.pub", "release.pub")]
    public void Nothing_that_exists_is_replaced(string existing, string named)
    {
        File.WriteAllText(_folder[existing], "mine");

        var refused = Assert.Throws<KmsException>(() => FileKey.Generate(_folder["release.key"], KeyType.EcdsaP256, _password));

        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains($"{named} exists", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder[existing]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_not_followed()
    {
        File.CreateSymbolicLink(_folder["release.key"], _folder["elsewhere"]);

        Assert.Throws<KmsException>(() => FileKey.Generate(_folder["release.key"], KeyType.EcdsaP256, _password));
        Assert.False(File.Exists(_folder["elsewhere"]));
    }

    [Fact]
    public void When_the_public_half_cannot_be_written_no_private_half_is_left()
    {
        File.CreateSymbolicLink(_folder["release.pub"], _folder["elsewhere"]);

        var refused = Assert.Throws<KmsException>(() => FileKey.Generate(_folder["release.key"], KeyType.EcdsaP256, _password));

        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.False(File.Exists(_folder["release.key"]));
    }

    [Fact]
    public void A_private_key_does_not_take_the_public_halfs_name_nor_a_folder_that_is_not_there()
    {
        Assert.Contains("public half", Assert.Throws<KmsException>(
            () => FileKey.Generate(_folder["release.pub"], KeyType.EcdsaP256, _password)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<KmsException>(
            () => FileKey.Generate(_folder["nowhere/release.key"], KeyType.EcdsaP256, _password)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.GroupExecute)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public async Task A_private_file_open_to_others_is_refused(UnixFileMode more)
    {
        PlaceShared();
        File.SetUnixFileMode(_folder["release.key"], OwnerOnly | more);

        await RefusedAsync("chmod 600", _folder["release.key"]);
    }

    [Fact]
    public async Task Another_password_is_refused_and_not_repeated()
    {
        PlaceShared();
        using var wrong = KeyPassword.From("battery staple");

        var refused = await Assert.ThrowsAsync<KmsException>(async () => await FileKey.OpenAsync(_folder["release.key"], wrong, _ct));

        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains("password right", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_not_encrypted_are_refused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        foreach (var pem in new[] { ecdsa.ExportPkcs8PrivateKeyPem(), ecdsa.ExportECPrivateKeyPem(), rsa.ExportRSAPrivateKeyPem() })
            await RefusedAsync("not encrypted", Write(pem));
    }

    [Theory]
    [InlineData("nothing", "", "one PEM block")]
    [InlineData("no PEM", "hello", "one PEM block")]
    [InlineData("an empty cosign key", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n", "as cosign writes it")]
    [InlineData("an empty older cosign key", "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED COSIGN PRIVATE KEY-----\n", "as cosign writes it")]
    [InlineData("a public key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is a 'PUBLIC KEY'")]
    [InlineData("nothing encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n", "not an encrypted PKCS#8 key")]
    [InlineData("no ASN.1", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "not an encrypted PKCS#8 key")]
    public async Task Says_what_is_wrong_with_a_file(string because, string content, string expected)
    {
        Assert.NotEmpty(because);
        await RefusedAsync(expected, Write(content));
    }

    [Fact]
    public async Task A_file_with_more_than_one_block_is_refused()
    {
        var pem = Shared.Value.Private;

        await RefusedAsync("one PEM block", Write(pem + pem));
        await RefusedAsync("one PEM block", Write("text\n" + pem));
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        var encrypted = Decode(Shared.Value.Private);

        foreach (var at in new[] { encrypted.Length - 1, encrypted.Length - 40 })
        {
            var damaged = encrypted.ToArray();
            damaged[at] ^= 1;
            await RefusedAsync("", Write(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", damaged)));
        }

        await RefusedAsync("after its end", Write(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", [.. encrypted, 0])));
        await RefusedAsync("not an encrypted PKCS#8 key", Write(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", encrypted[..^1])));
    }

    [Fact]
    public async Task A_private_half_beside_another_public_half_is_refused()
    {
        PlaceShared();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(_folder["release.pub"], other.ExportSubjectPublicKeyInfoPem(), _ct);

        await RefusedAsync("not the private half", _folder["release.key"]);
    }

    [Fact]
    public async Task A_file_that_asks_for_endless_work_is_refused_at_once()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var encrypted = Pkcs8PrivateKeyInfo.Decode(key.ExportPkcs8PrivateKey(), out _).Encrypt(
            "x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 65_537));

        // 65,537 and a number above the limit take the same three bytes.
        var at = encrypted.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x02, 0x03, 0x01, 0x00, 0x01]);
        encrypted[at + 2] = 0x7F;
        Assert.InRange(Limits.KeyDerivationRounds, 600_000, 0x7F0000);
        await RefusedAsync("derivation rounds", Write(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", encrypted)));
    }

    [Fact]
    public async Task A_file_that_is_too_long_or_missing_is_refused()
    {
        await RefusedAsync("more than 16384 bytes", Write(new string('\n', Limits.KeyBytes + 1)));
        await RefusedAsync("does not exist", _folder["nothing"]);
        await RefusedAsync("does not exist", _folder["no/thing"]);
        await RefusedAsync("folder", _folder.Path);
    }

    [Fact]
    public async Task One_key_signs_on_many_threads_at_once()
    {
        foreach (var type in new[] { KeyType.EcdsaP256, KeyType.Rsa2048, KeyType.Ed25519 })
        {
            FileKey.Generate(_folder[$"{type}.key"], type, _password);
            using var key = await FileKey.OpenAsync(_folder[$"{type}.key"], _password, _ct);

            await Parallel.ForAsync(0, 100, _ct, async (_, ct) => Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, ct))));
        }
    }

    [Fact]
    public async Task A_cancelled_signature_is_not_made()
    {
        PlaceShared();
        using var key = await FileKey.OpenAsync(_folder["release.key"], _password, _ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await key.SignAsync(Message, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Keys_are_opened_by_their_uri()
    {
        var publicKey = PlaceShared();

        var key = await new SigningKeys([new FileKeys(_password)], KeyLimits.For, TimeProvider.System).OpenAsync(KeyUri.Parse($"file:{_folder["release.key"]}"), _ct);

        Assert.Equal(publicKey, key.PublicKey);
        Assert.Equal(publicKey, await PublicKeys.OfFiles.OpenAsync(KeyUri.Parse($"file:{_folder["release.pub"]}"), _ct));
    }

    [Fact]
    public async Task Opening_a_public_key_never_touches_the_private_one()
    {
        var publicKey = PlaceShared();
        File.Delete(_folder["release.key"]);

        Assert.Equal(publicKey, await PublicKeys.OfFiles.OpenAsync(KeyUri.Parse($"file:{_folder["release.key"]}"), _ct));
    }

    [Fact]
    public async Task A_public_key_that_is_none_is_refused()
    {
        await File.WriteAllTextAsync(_folder["release.pub"], "hello", _ct);
        var uri = KeyUri.Parse($"file:{_folder["release.key"]}");

        Contains("release.pub cannot be used", await Assert.ThrowsAsync<KmsException>(async () => await PublicKeys.OfFiles.OpenAsync(uri, _ct)));
        File.Delete(_folder["release.pub"]);
        Contains("does not exist", await Assert.ThrowsAsync<KmsException>(async () => await PublicKeys.OfFiles.OpenAsync(uri, _ct)));
    }

    private static byte[] Decode(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);

    private static void Contains(string expected, KmsException refused)
    {
        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private PublicKey PlaceShared()
    {
        File.Move(Write(Shared.Value.Private), _folder["release.key"]);
        File.WriteAllText(_folder["release.pub"], Shared.Value.Public);
        Assert.True(PublicKey.TryParsePem(Shared.Value.Public, out var key, out var problem), problem);
        return key;
    }

    private string Write(string content)
    {
        File.WriteAllText(_folder["written.key"], content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.SetUnixFileMode(_folder["written.key"], OwnerOnly);
        return _folder["written.key"];
    }

    private async Task RefusedAsync(string expected, string path) =>
        Contains(expected, await Assert.ThrowsAsync<KmsException>(async () => await FileKey.OpenAsync(path, _password, _ct)));
}
