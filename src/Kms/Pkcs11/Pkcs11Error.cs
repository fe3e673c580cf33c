// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// One entry of OpenSSL's error queue: what the engine or the token complains of. Of the texts that go with an entry none is read,
/// since they may quote a key's name.
/// </summary>
/// <param name="Library">Who complains.</param>
/// <param name="Code">What of; for the module, PKCS#11's return value (CKR_…).</param>
/// <param name="Words">The same in fixed words.</param>
internal sealed record Pkcs11Error(string Library, int Code, string Words)
{
    private const string Module = "PKCS#11 module";
    private const string Engine = "pkcs11 engine";
    private const int NothingFound = 0x65;

    // CKR_PIN_INCORRECT, _INVALID, _LEN_RANGE, _EXPIRED, _LOCKED, CKR_USER_PIN_NOT_INITIALIZED.
    private static readonly int[] AboutPin = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0x102];

    // CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_SIZE_RANGE, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID, _PARAM_INVALID,
    // CKR_FUNCTION_REJECTED, CKR_ACTION_PROHIBITED.
    private static readonly int[] AboutKey = [0x63, 0x62, 0x68, 0x70, 0x71, 0x200, 0x1B];

    // CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID.
    private static readonly int[] AboutObject = [0x60, 0x82];

    private const int PinLocked = 0xA4;

    /// <summary>What the engine says of a token that is not there.</summary>
    public static Pkcs11Error NotFound { get; } = new(Engine, NothingFound, "object not found");

    /// <summary>The token refused the PIN, or does not take one.</summary>
    public bool IsAboutPin => Library is Module && AboutPin.Contains(Code);

    /// <summary>The token has the key, and does not sign with it.</summary>
    public bool IsAboutKey => Library is Module && AboutKey.Contains(Code);

    /// <summary>The token has the key no more.</summary>
    public bool IsAboutObject => Library is Module && AboutObject.Contains(Code);

    /// <summary>The session or the login is gone, or the whole token: what was opened has to be opened again.</summary>
    public bool IsAboutToken => Library is Module && !IsAboutPin && !IsAboutKey && !IsAboutObject;

    /// <summary>There is no such token, or no such key on it.</summary>
    public bool IsNotFound => Library is Engine && Code == NothingFound;

    /// <summary>A PIN would be needed and there is none.</summary>
    public bool IsWithoutPin => Library is "UI routines";

    /// <summary>The module is no library that can be loaded.</summary>
    public bool IsAboutModule => Library is "libp11";

    /// <summary>What the module itself returned.</summary>
    public static Pkcs11Error OfModule(int code) => new(Module, code, "the module does not tell its tokens");

    /// <summary>Takes the current thread's error queue.</summary>
    public static IReadOnlyList<Pkcs11Error> TakeAll()
    {
        var all = new List<Pkcs11Error>();
        while (Pkcs11Native.TakeError() is { Value: not 0 } error)
            all.Add(From(error));
        return all;
    }

    /// <summary>What an exception of the base library stands for.</summary>
    public static Pkcs11Error From(CryptographicException fault) => From(new CULong((uint)fault.HResult));

    /// <summary>What this error means while a key is opened or used.</summary>
    /// <param name="key">The key, for the message.</param>
    public KmsException ToFault(string key)
    {
        if (IsAboutPin)
        {
            return KmsException.Unusable(Code == PinLocked
                ? $"the token of {key} is locked ({this}): its security officer has to set a new PIN"
                : $"the token of {key} refused the PIN ({this}); it is not tried again until it is another one");
        }

        if (IsAboutKey)
        {
            return KmsException.Unusable(
                $"the token does not sign with {key} ({this}); does the key have CKA_SIGN, and the token the mechanism?");
        }

        if (IsAboutObject)
            return KmsException.Unusable($"{key} is not on its token any more ({this})");
        if (IsNotFound)
            return KmsException.Unusable($"{key} is not there: no such token is in a slot, or it has no such key that this user sees");
        if (IsWithoutPin)
        {
            return KmsException.Unusable(
                $"the token of {key} wants a PIN and there is none: set pinFile or pins of kms.pkcs11 or {Pkcs11Options.PinVariable}, "
                + "or name a file by pin-source");
        }

        return IsAboutModule
            ? KmsException.Unusable($"the PKCS#11 module for {key} cannot be loaded ({this})")
            : new KmsException(ReasonCode.KmsUnavailable, $"the token of {key} did not do it ({this}); is it there and connected?");
    }

    /// <summary>The fixed words, with the code of a token's complaint.</summary>
    public override string ToString() =>
        Library is Module ? string.Create(CultureInfo.InvariantCulture, $"{Words}, CKR 0x{Code:X}") : $"{Library}: {Words}";

    // OpenSSL 3: the lower 23 bits are the reason.
    private static Pkcs11Error From(CULong error) => new(
        Marshal.PtrToStringUTF8(Pkcs11Native.LibraryOf(error)) ?? "OpenSSL",
        (int)(error.Value & 0x7FFFFF),
        Marshal.PtrToStringUTF8(Pkcs11Native.ReasonOf(error)) ?? "no words");
}
