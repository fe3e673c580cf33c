// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// cosign's own key file, <c>cosign.key</c>: a PEM block around a JSON document in which a PKCS#8 key is sealed with NaCl's secret box
/// under a key that scrypt derives from the password. Read only; what is made here is <see cref="EncryptedKey"/>.
/// </summary>
internal static class CosignKey
{
    /// <summary>The PEM labels, the newer one first.</summary>
    public static readonly string[] Labels = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"];

    private const int LongestField = Limits.KeyBytes;

    private static readonly string[] Members = ["kdf", "cipher", "ciphertext"];
    private static readonly string[] DerivationMembers = ["name", "params", "salt"];
    private static readonly string[] CostMembers = ["N", "r", "p"];
    private static readonly string[] CipherMembers = ["name", "nonce"];

    /// <summary>Decrypts what the PEM block holds; the caller wipes what it gets.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is not as cosign writes it, or under another password.</exception>
    public static byte[] Read(byte[] content, KeyPassword password, string name)
    {
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw Malformed(name, problem);

        using (document)
        {
            var root = Object(document.RootElement, Members, "the document", name);
            var derivation = Object(root.GetProperty("kdf"), DerivationMembers, "kdf", name);
            var cipher = Object(root.GetProperty("cipher"), CipherMembers, "cipher", name);
            CheckName(derivation, "kdf", "scrypt", name);
            CheckName(cipher, "cipher", "nacl/secretbox", name);
            var cost = ReadCost(Object(derivation.GetProperty("params"), CostMembers, "kdf.params", name), name);
            var salt = Bytes(derivation, "salt", name);
            var nonce = Bytes(cipher, "nonce", name);
            if (nonce.Length != SecretBox.NonceSize)
                throw Malformed(name, $"nonce has {SecretBox.NonceSize} bytes, found {nonce.Length}");

            return Open(cost, salt, nonce, Bytes(root, "ciphertext", name), password, name);
        }
    }

    private static byte[] Open(
        (int N, int R, int P) cost, byte[] salt, byte[] nonce, byte[] box, KeyPassword password, string name)
    {
        Span<byte> key = stackalloc byte[SecretBox.KeySize];
        Scrypt.Derive(password.Utf8, salt, cost.N, cost.R, cost.P, key);
        var isOpen = SecretBox.TryOpen(key, nonce, box, out var pkcs8);
        CryptographicOperations.ZeroMemory(key);

        // A wrong password and a damaged file look alike: the tag is another one.
        return isOpen ? pkcs8! : throw KmsException.Unusable($"{name} cannot be decrypted; is the password right?");
    }

    // The cost is the file's choice: without a bound it could take all memory, or a core for a day.
    private static (int N, int R, int P) ReadCost(JsonElement parameters, string name)
    {
        var (n, r, p) = (Number("N", 1 << 24), Number("r", 1 << 10), Number("p", 1 << 10));
        if (n < 2 || !long.IsPow2(n))
            throw Malformed(name, "kdf.params.N is a power of two");
        return 128 * n * r * p <= Limits.KeyDerivationBytes
            ? ((int)n, (int)r, (int)p)
            : throw KmsException.Unusable(
                $"{name} asks for too much to derive its key: 128·N·r·p is at most {Limits.KeyDerivationBytes}, "
                + "which is 4 times what cosign writes");

        // What is beyond these would be too much in any case, and the product does not overflow.
        long Number(string member, int highest) =>
            parameters.GetProperty(member) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            && number > 0 && number <= highest
                ? number
                : throw Malformed(name, $"kdf.params.{member} is a number from 1 to {highest}");
    }

    private static JsonElement Object(JsonElement value, string[] members, string what, string name)
    {
        if (value.ValueKind is not JsonValueKind.Object
            || !value.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
                .SequenceEqual(members.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            throw Malformed(name, $"{what} is an object of {string.Join(", ", members)}");
        }

        return value;
    }

    private static void CheckName(JsonElement parent, string what, string expected, string name)
    {
        var value = parent.GetProperty("name");
        if (value.ValueKind is not JsonValueKind.String || !value.ValueEquals(expected))
            throw Malformed(name, $"{what}.name is {expected}, found {Printable.Escape(value.ToString())}");
    }

    private static byte[] Bytes(JsonElement parent, string member, string name) =>
        parent.GetProperty(member) is { ValueKind: JsonValueKind.String } value
        && CanonicalBase64.TryDecode(value.GetString()!, LongestField, out var bytes)
            ? bytes
            : throw Malformed(name, $"{member} is base64");

    private static KmsException Malformed(string name, string problem) =>
        KmsException.Unusable($"{name} is not a key file as cosign writes it: {problem}");
}
