// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SupplyChain.Sigstore;

/// <summary>
/// The few functions of OpenSSL's libcrypto that Ed25519 needs and the base library lacks, and those that verify ECDSA. Declared once, for
/// the public half here and the private half in the key project.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "supplychain-libcrypto";

    // The versioned names first: the bare one belongs to development packages and may point anywhere.
    private static readonly string[] Names =
        ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so", "libcrypto.3.dylib"];

    private static readonly Lazy<nint> Handle = new(() => Load(Names));

    static LibCrypto() => NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);

    /// <summary>Ed25519 in OpenSSL's numbering, NID_ED25519.</summary>
    public const int Ed25519Type = 1087;

    /// <summary>Whether libcrypto was found; the base library on Linux needs it too.</summary>
    public static bool IsAvailable => Handle.Value != 0;

    /// <summary>Whether it has the functions that ECDSA is verified with here, which some builds leave out.</summary>
    public static bool HasEcKeys { get; } = IsAvailable
        && NativeLibrary.TryGetExport(Handle.Value, "EC_KEY_oct2key", out _) && NativeLibrary.TryGetExport(Handle.Value, "ECDSA_verify", out _);

    /// <summary>The first of <paramref name="names"/> that can be loaded and knows Ed25519, or zero.</summary>
    internal static nint Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                if (NativeLibrary.TryGetExport(library, "EVP_PKEY_new_raw_public_key", out _))
                    return library;
                NativeLibrary.Free(library);
            }
        }

        return 0;
    }

    /// <summary>What a caller sees who needs libcrypto where there is none.</summary>
    public static PlatformNotSupportedException Missing() =>
        new($"Ed25519 needs OpenSSL 1.1.1 or newer; none of {string.Join(", ", Names)} could be loaded.");

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static partial EvpKeyHandle NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial EvpKeyHandle NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int GetRawPublicKey(EvpKeyHandle key, Span<byte> raw, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial EvpDigestContextHandle NewDigestContext();

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    public static partial int DigestVerifyInit(
        EvpDigestContextHandle context, nint keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    public static partial int DigestVerify(
        EvpDigestContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength,
        ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static partial int DigestSignInit(
        EvpDigestContextHandle context, nint keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    public static partial int DigestSign(
        EvpDigestContextHandle context, Span<byte> signature, ref nuint signatureLength,
        ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EC_KEY_new_by_curve_name")]
    public static partial EcKeyHandle NewEcKey(int type);

    [LibraryImport(Library, EntryPoint = "EC_KEY_oct2key")]
    public static partial int SetEcPoint(EcKeyHandle key, ReadOnlySpan<byte> point, nuint length, nint context);

    [LibraryImport(Library, EntryPoint = "ECDSA_verify")]
    public static partial int EcdsaVerify(
        int type, ReadOnlySpan<byte> digest, int digestLength, ReadOnlySpan<byte> signature, int signatureLength, EcKeyHandle key);

    [LibraryImport(Library, EntryPoint = "EC_KEY_free")]
    internal static partial void FreeEcKey(nint key);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    internal static partial void FreeDigestContext(nint context);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!string.Equals(name, Library, StringComparison.Ordinal))
            return 0;
        return Handle.Value != 0 ? Handle.Value : throw Missing();
    }
}

/// <summary>An EVP_PKEY, read-only once made and therefore usable by several threads.</summary>
internal sealed class EvpKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeKey(handle);
        return true;
    }
}

/// <summary>An EVP_MD_CTX; one for each operation.</summary>
internal sealed class EvpDigestContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeDigestContext(handle);
        return true;
    }
}

/// <summary>An EC_KEY with its public point, read-only once made and therefore usable by several threads.</summary>
internal sealed class EcKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeEcKey(handle);
        return true;
    }
}
