// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// The module itself, asked for the one thing that OpenSSL's engine does not tell: which tokens there are (PKCS#11 §5.4, §5.5). It is
/// loaded once in a process, so that this is the one the engine speaks to.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe class Pkcs11Module
{
    // Places in CK_FUNCTION_LIST, after its version, which takes one.
    private const int Initialize = 1;
    private const int GetSlotList = 5;
    private const int GetTokenInfo = 7;

    // CKF_OS_LOCKING_OK, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_CRYPTOKI_ALREADY_INITIALIZED.
    private const nuint LockByItself = 2;
    private const nuint NotInitialized = 0x190;
    private const nuint AlreadyInitialized = 0x191;

    // CK_TOKEN_INFO has 208 bytes where CK_ULONG has 8.
    private const int TokenInfoBytes = 256;

    /// <summary>Every token in a slot; one that does not say what it is is left out.</summary>
    /// <param name="module">The library.</param>
    /// <param name="uri">The key that it is for, for messages.</param>
    /// <exception cref="KmsException">KEY_UNUSABLE: it cannot be loaded. KMS_UNAVAILABLE: it does not tell.</exception>
    public static IReadOnlyList<Pkcs11Token> ListTokens(string module, Pkcs11KeyUri uri)
    {
        var functions = Load(module, uri);
        var list = (delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint>)functions[GetSlotList];
        nuint count = 0;
        var result = list(1, null, &count);
        if (result == NotInitialized)
        {
            Start(functions, uri);
            result = list(1, null, &count);
        }

        Ensure(result, uri);
        var slots = new nuint[(int)count];
        fixed (nuint* first = slots)
            Ensure(list(1, first, &count), uri);
        return [.. slots.Take((int)count).Select(slot => Describe((nint)functions, slot)).OfType<Pkcs11Token>()];
    }

    private static nint* Load(string module, Pkcs11KeyUri uri)
    {
        if (!NativeLibrary.TryLoad(module, out var library) || !NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var get))
        {
            throw KmsException.Unusable(
                $"the PKCS#11 module for {uri.Text} cannot be loaded: {Printable.Escape(module)} is not there, or no such library");
        }

        nint* functions = null;
        Ensure(((delegate* unmanaged[Cdecl]<nint**, nuint>)get)(&functions), uri);
        return functions;
    }

    // As the engine does it when it opens its first key, which finds it done then.
    private static void Start(nint* functions, Pkcs11KeyUri uri)
    {
        var arguments = stackalloc nuint[6] { 0, 0, 0, 0, LockByItself, 0 };
        var result = ((delegate* unmanaged[Cdecl]<nuint*, nuint>)functions[Initialize])(arguments);
        if (result != AlreadyInitialized)
            Ensure(result, uri);
    }

    private static Pkcs11Token? Describe(nint functions, nuint slot)
    {
        var information = stackalloc byte[TokenInfoBytes];
        var get = (delegate* unmanaged[Cdecl]<nuint, byte*, nuint>)((nint*)functions)[GetTokenInfo];
        return get(slot, information) == 0
            ? new Pkcs11Token(
                slot, Text(information, 0, 32), Text(information, 32, 32), Text(information, 64, 16), Text(information, 80, 16))
            : null;
    }

    // Filled up with blanks, without a zero byte.
    private static string Text(byte* information, int start, int length) =>
        Encoding.UTF8.GetString(information + start, length).TrimEnd(' ', '\0');

    private static void Ensure(nuint result, Pkcs11KeyUri uri)
    {
        if (result != 0)
            throw Pkcs11Error.OfModule((int)result).ToFault(uri.Text);
    }
}
