// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// OpenSSL's functions for engines. The base library wraps them too (<c>SafeEvpPKeyHandle.OpenPrivateKeyFromEngine</c>), but takes the
/// module from the environment alone and the PIN as a part of the key's name, which the engine writes to the standard error output
/// when it does not find the key.
/// </summary>
internal static partial class Pkcs11Native
{
    // The library that the base library's cryptography uses on Linux. There are no engines after version 3.
    private const string Library = "libcrypto.so.3";

    public const int Rsa = 6;
    public const int Ec = 408;

    [LibraryImport(Library, EntryPoint = "ENGINE_by_id", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindEngine(string id);

    [LibraryImport(Library, EntryPoint = "ENGINE_ctrl_cmd_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Control(nint engine, string command, ReadOnlySpan<byte> argument, int isOptional);

    [LibraryImport(Library, EntryPoint = "ENGINE_init")]
    public static partial int Start(nint engine);

    [LibraryImport(Library, EntryPoint = "ENGINE_finish")]
    public static partial int Finish(nint engine);

    [LibraryImport(Library, EntryPoint = "ENGINE_load_private_key", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint LoadPrivateKey(nint engine, string name, nint userInterface, nint data);

    [LibraryImport(Library, EntryPoint = "ENGINE_load_public_key", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint LoadPublicKey(nint engine, string name, nint userInterface, nint data);

    /// <summary>A user interface that asks nobody: without it the engine would ask for a PIN at the terminal.</summary>
    [LibraryImport(Library, EntryPoint = "UI_null")]
    public static partial nint NobodyToAsk();

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_base_id")]
    public static partial int KindOf(SafeHandle key);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    public static partial CULong TakeError();

    [LibraryImport(Library, EntryPoint = "ERR_lib_error_string")]
    public static partial nint LibraryOf(CULong error);

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    public static partial nint ReasonOf(CULong error);
}
