// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>
/// An encrypted PKCS#8 key (RFC 5958) in PEM. Written with PBES2, AES-256-CBC and PBKDF2-HMAC-SHA256; read with any
/// AES-CBC and any SHA-2 derivation, which is what <c>openssl pkcs8 -topk8 -v2 aes-256-cbc</c> and others write; cosign's own format
/// is read as well (<see cref="CosignKey"/>).
/// </summary>
internal static class EncryptedKey
{
    private const string Label = "ENCRYPTED PRIVATE KEY";
    private const int Rounds = 600_000;

    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";

    // RFC 8018 B.1.2: HMAC with SHA-256, SHA-384, SHA-512.
    private static readonly string[] Derivations = ["1.2.840.113549.2.9", "1.2.840.113549.2.10", "1.2.840.113549.2.11"];

    // NIST: AES-128-CBC, AES-192-CBC, AES-256-CBC.
    private static readonly string[] Ciphers =
        ["2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.22", "2.16.840.1.101.3.4.1.42"];

    /// <summary>Encrypts a PKCS#8 key under a password.</summary>
    public static string Write(ReadOnlyMemory<byte> pkcs8, KeyPassword password)
    {
        var info = Pkcs8PrivateKeyInfo.Decode(pkcs8, out _, skipCopy: true);
        var encrypted = info.Encrypt(
            password.Utf8, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds));
        return PemEncoding.WriteString(Label, encrypted) + "\n";
    }

    /// <summary>Decrypts a key file's content; the caller wipes what it gets.</summary>
    /// <param name="pem">The file's text.</param>
    /// <param name="password">The password.</param>
    /// <param name="name">What to call the key in messages.</param>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE: it is not encrypted, not as it should be, or under another password.
    /// </exception>
    public static byte[] Read(ReadOnlySpan<char> pem, KeyPassword password, string name)
    {
        if (!PemEncoding.TryFind(pem, out var block) || !pem[..block.Location.Start.Value].IsWhiteSpace()
            || !pem[block.Location.End.Value..].IsWhiteSpace())
        {
            throw KmsException.Unusable($"{name} is not one PEM block; expected -----BEGIN {Label}-----");
        }

        var isCosigns = CosignKey.Labels.Contains(pem[block.Label].ToString(), StringComparer.Ordinal);
        if (!isCosigns)
            CheckLabel(pem[block.Label], name);
        var encrypted = new byte[block.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(pem[block.Base64Data], encrypted, out var length) || length != encrypted.Length)
            throw KmsException.Unusable($"{name} is not a PEM block");
        if (isCosigns)
            return CosignKey.Read(encrypted, password, name);

        CheckEncryption(encrypted, name);
        try
        {
            var info = Pkcs8PrivateKeyInfo.DecryptAndDecode(password.Utf8, encrypted, out var read);
            var plain = info.Encode();
            if (MemoryMarshal.TryGetArray(info.PrivateKeyBytes, out var inner))
                CryptographicOperations.ZeroMemory(inner);
            return read == encrypted.Length ? plain : throw KmsException.Unusable($"{name} has bytes after its end");
        }
        catch (CryptographicException refused)
        {
            // A wrong password and a damaged file look alike: the padding does not come out right.
            throw KmsException.Unusable($"{name} cannot be decrypted; is the password right?", refused);
        }
    }

    private static void CheckLabel(ReadOnlySpan<char> label, string name)
    {
        if (label is Label)
            return;

        throw KmsException.Unusable(label switch
        {
            "PRIVATE KEY" or "EC PRIVATE KEY" or "RSA PRIVATE KEY" =>
                $"{name} is not encrypted; encrypt it with openssl pkcs8 -topk8 -v2 aes-256-cbc",
            _ => $"{name} is a '{Printable.Escape(label.ToString())}'; expected {Label} or {CosignKey.Labels[0]}",
        });
    }

    // The rounds are the file's choice: without a bound it could keep a core busy for a day.
    private static void CheckEncryption(byte[] encrypted, string name)
    {
        try
        {
            var info = new AsnReader(encrypted, AsnEncodingRules.BER).ReadSequence();
            var scheme = info.ReadSequence();
            if (scheme.ReadObjectIdentifier() is not Pbes2)
                throw Unknown(name);

            var parameters = scheme.ReadSequence();
            var derivation = parameters.ReadSequence();
            if (derivation.ReadObjectIdentifier() is not Pbkdf2)
                throw Unknown(name);

            var pbkdf2 = derivation.ReadSequence();
            pbkdf2.ReadOctetString();
            if (!pbkdf2.TryReadInt32(out var rounds) || rounds is < 1 or > Limits.KeyDerivationRounds)
            {
                throw KmsException.Unusable(
                    $"{name} asks for more than {Limits.KeyDerivationRounds} derivation rounds");
            }

            if (pbkdf2.HasData && pbkdf2.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
                pbkdf2.ReadInteger();
            if (!pbkdf2.HasData || !IsOneOf(Derivations, pbkdf2) || !IsOneOf(Ciphers, parameters))
                throw Unknown(name);
        }
        catch (AsnContentException malformed)
        {
            throw KmsException.Unusable($"{name} is not an encrypted PKCS#8 key", malformed);
        }
    }

    private static bool IsOneOf(string[] accepted, AsnReader parent) =>
        accepted.Contains(parent.ReadSequence().ReadObjectIdentifier(), StringComparer.Ordinal);

    private static KmsException Unknown(string name) => KmsException.Unusable(
        $"{name} is encrypted in a way that is not accepted; encrypt it again with "
        + "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256");
}
