// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>Key files as cosign writes them.</summary>
public sealed class CosignKeyTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Label = "ENCRYPTED SIGSTORE PRIVATE KEY";

    private static readonly ToBeSigned Message = Envelope.ToBeSigned("text/plain", "hello"u8.ToArray());

    private readonly TempFolder _folder = new();
    private readonly KeyPassword _password = KeyPassword.From("correct horse");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    /// <summary>A change to the document, and the words of the refusal.</summary>
    public static TheoryData<string, Action<JsonObject>, string> Changes => new()
    {
        { "another salt", root => Flip(root["kdf"]!, "salt"), "is the password right?" },
        { "another nonce", root => Flip(root["cipher"]!, "nonce"), "is the password right?" },
        { "another tag", root => Flip(root, "ciphertext"), "is the password right?" },
        { "another ciphertext", root => Flip(root, "ciphertext", at: 40), "is the password right?" },
        { "a ciphertext without its end", root => root["ciphertext"] = root["ciphertext"]!.GetValue<string>()[..^4], "is the password right?" },
        { "no ciphertext", root => root["ciphertext"] = "", "is the password right?" },
        { "another N", root => root["kdf"]!["params"]!["N"] = 32, "is the password right?" },
        { "another r", root => root["kdf"]!["params"]!["r"] = 7, "is the password right?" },
        { "another p", root => root["kdf"]!["params"]!["p"] = 2, "is the password right?" },
        { "an N that is no power of two", root => root["kdf"]!["params"]!["N"] = 24, "N is a power of two" },
        { "an N of one", root => root["kdf"]!["params"]!["N"] = 1, "N is a power of two" },
        { "a negative N", root => root["kdf"]!["params"]!["N"] = -16, "params.N is a number" },
        { "an N in words", root => root["kdf"]!["params"]!["N"] = "16", "params.N is a number" },
        { "a broken N", root => root["kdf"]!["params"]!["N"] = 16.5, "params.N is a number" },
        { "an N of half a gigabyte", root => root["kdf"]!["params"]!["N"] = 524_288, "asks for too much to derive its key" },
        { "an N of half a gigabyte by r", root => root["kdf"]!["params"]!.ReplaceWith(Cost(65_536, 64, 1)), "asks for too much to derive its key" },
        { "an hour by p", root => root["kdf"]!["params"]!.ReplaceWith(Cost(65_536, 8, 1_000)), "asks for too much to derive its key" },
        { "an r of zero", root => root["kdf"]!["params"]!["r"] = 0, "params.r is a number" },
        { "a p beyond all", root => root["kdf"]!["params"]!["p"] = int.MaxValue, "params.p is a number" },
        { "another derivation", root => root["kdf"]!["name"] = "argon2id", "kdf.name is scrypt, found argon2id" },
        { "another cipher", root => root["cipher"]!["name"] = "none", "cipher.name is nacl/secretbox, found none" },
        { "a derivation by number", root => root["kdf"]!["name"] = 1, "kdf.name is scrypt, found 1" },
        { "a short nonce", root => root["cipher"]!["nonce"] = "AAAA", "nonce has 24 bytes, found 3" },
        { "a salt that is no base64", root => root["kdf"]!["salt"] = "***=", "salt is base64" },
        { "a salt with another spelling", root => root["kdf"]!["salt"] = "AB==", "salt is base64" },
        { "no salt", root => root["kdf"]!.AsObject().Remove("salt"), "kdf is an object of name, params, salt" },
        { "no parameters", root => root["kdf"]!["params"] = 1, "kdf.params is an object of N, r, p" },
        { "no cipher", root => root.Remove("cipher"), "the document is an object of kdf, cipher, ciphertext" },
        { "a member more", root => root["version"] = 2, "the document is an object of kdf, cipher, ciphertext" },
        { "a cipher as text", root => root["cipher"] = "nacl/secretbox", "cipher is an object of name, nonce" },
    };

    public void Dispose()
    {
        _password.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cosign-2", Label)]
    [InlineData("cosign-3", Label)]
    [InlineData("cosign-2", "ENCRYPTED COSIGN PRIVATE KEY")]
    public async Task A_key_that_cosign_made_signs_and_its_public_half_verifies(string name, string label)
    {
        var pem = await File.ReadAllTextAsync(Fixture($"{name}.key"), _ct);
        var path = Write(pem.Replace(Label, label, StringComparison.Ordinal));
        File.Copy(Fixture($"{name}.pub"), _folder["cosign.pub"]);
        var publicKey = await PublicKeys.OfFiles.OpenAsync(KeyUri.Parse($"file:{path}"), _ct);

        using var key = await FileKey.OpenAsync(path, _password, _ct);

        Assert.Equal(publicKey, key.PublicKey);
        Assert.Equal(SigningAlgorithm.EcdsaP256Sha256, key.PublicKey.Algorithm);
        Assert.True(publicKey.Verify(Message, await key.SignAsync(Message, _ct)));
    }

    [Fact]
    public async Task A_key_under_another_password_says_so()
    {
        using var wrong = KeyPassword.From("battery staple");
        var path = Write(await File.ReadAllTextAsync(Fixture("cosign-3.key"), _ct));

        var refused = await Assert.ThrowsAsync<KmsException>(() => FileKey.OpenAsync(path, wrong, _ct).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.Contains("cosign.key cannot be decrypted; is the password right?", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_less_work_opens_so_that_what_follows_is_refused_for_its_change_alone()
    {
        using var key = await FileKey.OpenAsync(Write(Pem(Sealed())), _password, _ct);

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, _ct)));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task One_change_is_enough_to_refuse_a_key(string because, Action<JsonObject> change, string words)
    {
        var root = Sealed();
        change(root);

        await RefusedAsync(because, Pem(root), words);
    }

    [Theory]
    [InlineData("no JSON", "hello", "as cosign writes it")]
    [InlineData("a member twice", """{"kdf":{},"kdf":{},"cipher":{},"ciphertext":""}""", "as cosign writes it")]
    [InlineData("a list", "[]", "the document is an object")]
    public async Task What_is_no_such_document_is_refused(string because, string content, string words) =>
        await RefusedAsync(because, PemEncoding.WriteString(Label, Encoding.UTF8.GetBytes(content)), words);

    [Fact]
    public async Task A_sealed_thing_that_is_no_key_is_refused()
    {
        await RefusedAsync("no PKCS#8", Pem(Sealed("hello"u8.ToArray())), "The key is not PKCS#8");
    }

    [Fact]
    public async Task The_file_is_a_secret_like_any_key_file()
    {
        var path = Write(Pem(Sealed()));
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.OtherRead);

        var refused = await Assert.ThrowsAsync<KmsException>(() => FileKey.OpenAsync(path, _password, _ct).AsTask());

        Assert.Contains("open to other users", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_half_beside_it_has_to_be_its_own()
    {
        File.Copy(Fixture("cosign-2.pub"), _folder["cosign.pub"]);

        await RefusedAsync("another public half", Pem(Sealed()), "is not the private half of");
    }

    private async Task RefusedAsync(string because, string pem, string words)
    {
        var refused = await Assert.ThrowsAsync<KmsException>(() => FileKey.OpenAsync(Write(pem), _password, _ct).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, refused.Reason);
        Assert.True(refused.Message.Contains(words, StringComparison.Ordinal), $"{because}: {refused.Message}");
    }

    private string Write(string pem)
    {
        File.WriteAllText(_folder["cosign.key"], pem);
        File.SetUnixFileMode(_folder["cosign.key"], OwnerOnly);
        return _folder["cosign.key"];
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    private static string Pem(JsonObject root) => PemEncoding.WriteString(Label, Encoding.UTF8.GetBytes(root.ToJsonString()));

    private static JsonObject Cost(int n, int r, int p) => new() { ["N"] = n, ["r"] = r, ["p"] = p };

    private static void Flip(JsonNode parent, string member, int at = 0)
    {
        var bytes = Convert.FromBase64String(parent[member]!.GetValue<string>());
        bytes[at] ^= 1;
        parent[member] = Convert.ToBase64String(bytes);
    }

    // As cosign does it, with a derivation that takes no time.
    private static JsonObject Sealed(byte[]? content = null)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var message = content ?? made.ExportPkcs8PrivateKey();
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(24));
        var key = new byte[32];
        Scrypt.Derive("correct horse"u8, salt, 16, 8, 1, key);
        var (once, tag) = (new byte[32], new byte[16]);
        Salsa20.XorExtended(key, nonce, skip: 0, once);
        Salsa20.XorExtended(key, nonce, skip: 32, message);
        Poly1305.Compute(once, message, tag);
        return new JsonObject
        {
            ["kdf"] = new JsonObject { ["name"] = "scrypt", ["params"] = Cost(16, 8, 1), ["salt"] = Convert.ToBase64String(salt) },
            ["cipher"] = new JsonObject { ["name"] = "nacl/secretbox", ["nonce"] = Convert.ToBase64String(nonce) },
            ["ciphertext"] = Convert.ToBase64String([.. tag, .. message]),
        };
    }
}
