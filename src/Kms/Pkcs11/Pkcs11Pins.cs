// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// Finds PINs, and knows which ones a token has refused: a token is locked after a few wrong ones, so none is offered to it twice in
/// the life of this process.
/// </summary>
internal static class Pkcs11Pins
{
    // A token's PIN has at most so many bytes for OpenSSL's engine.
    private const int LongestPin = 255;

    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(32);
    private static readonly ConcurrentDictionary<((string, string, string) Token, string Pin), bool> Refused = new();

    /// <summary>
    /// The PIN with a zero byte after it, which the caller wipes; empty if there is none. Read anew each time, so that a changed file
    /// is enough.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the file is missing, open to others, or holds no PIN.</exception>
    public static byte[] Read(string? file, Func<string, string?> environment)
    {
        if (file is null)
        {
            return environment(Pkcs11Options.PinVariable) is { Length: > 0 } text
                ? Take(Encoding.UTF8.GetBytes(text), Pkcs11Options.PinVariable)
                : [];
        }

        var content = KeyFiles.ReadSecret(file, "PIN file", Limits.KmsSecretBytes);
        var pin = content.AsSpan().TrimEnd("\r\n"u8).ToArray();
        CryptographicOperations.ZeroMemory(content);
        return Take(pin, $"the PIN file {Printable.Escape(file)}");
    }

    /// <summary>Whether this token, whatever it was called then, has refused this PIN before.</summary>
    public static bool IsRefused(Pkcs11Token token, ReadOnlySpan<byte> pin) => Refused.ContainsKey((token.Identity, Fingerprint(pin)));

    /// <summary>Remembers that this token has refused this PIN; of the PIN itself nothing is kept.</summary>
    public static void Refuse(Pkcs11Token token, ReadOnlySpan<byte> pin) => Refused[(token.Identity, Fingerprint(pin))] = true;

    private static byte[] Take(byte[] pin, string where)
    {
        try
        {
            if (pin.Length is > 0 and <= LongestPin && !pin.Contains((byte)0))
                return [.. pin, 0];
            throw KmsException.Unusable($"{where} holds no PIN: expected 1 to {LongestPin} bytes, none of them zero");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private static string Fingerprint(ReadOnlySpan<byte> pin) => Convert.ToHexString(HMACSHA256.HashData(Salt, pin));
}
