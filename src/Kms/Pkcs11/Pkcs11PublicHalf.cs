// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using System.Security.Cryptography;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>Reads the public half of an opened key.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Pkcs11PublicHalf
{
    /// <summary>The public half.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the token does not tell it, or it is of a kind that does not sign here.</exception>
    public static PublicKey Read(SafeEvpPKeyHandle handle, Pkcs11KeyUri uri)
    {
        byte[] spki;
        try
        {
            spki = Export(handle, uri);
        }
        catch (CryptographicException refused)
        {
            throw KmsException.Unusable(
                $"{uri.Text} cannot be used: its public half cannot be read; is the public key on the token beside it, with the same id?",
                refused);
        }

        return PublicKey.TryReadSpki(spki, out var key, out var problem)
            ? key
            : throw KmsException.Unusable($"{uri.Text} cannot sign here: {problem}");
    }

    private static byte[] Export(SafeEvpPKeyHandle handle, Pkcs11KeyUri uri)
    {
        switch (Pkcs11Native.KindOf(handle))
        {
            case Pkcs11Native.Rsa:
                using (var rsa = new RSAOpenSsl(handle))
                    return rsa.ExportSubjectPublicKeyInfo();
            case Pkcs11Native.Ec:
                using (var ecdsa = new ECDsaOpenSsl(handle))
                    return ecdsa.ExportSubjectPublicKeyInfo();
            default:
                throw KmsException.Unusable($"{uri.Text} cannot sign here: expected an EC key or an RSA key");
        }
    }
}
