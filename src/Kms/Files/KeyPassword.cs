// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>
/// The password of a key file, as UTF-8. It is wiped when disposed and has no text form, so it cannot end in a log.
/// </summary>
public sealed class KeyPassword : IDisposable
{
    /// <summary>The environment variable that holds the password.</summary>
    public const string Variable = "SUPPLYCHAIN_KEY_PASSWORD";

    private readonly byte[] _utf8;

    private KeyPassword(byte[] utf8) => _utf8 = utf8;

    internal ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Takes a password that somebody typed.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is empty or too long.</exception>
    public static KeyPassword From(ReadOnlySpan<char> password)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(password)];
        Encoding.UTF8.GetBytes(password, utf8);
        return Take(utf8, "the password");
    }

    /// <summary>Takes the password from <see cref="Variable"/>.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the variable is not set, empty or too long.</exception>
    public static KeyPassword FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { } password
        ? From(password)
        : throw KmsException.Unusable($"the key's password is missing: set {Variable} or name a password file");

    /// <summary>
    /// Takes the password from a file that only its owner may read; one line feed at its end is not part of it.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the file is missing, open to others, empty or too long.</exception>
    public static async ValueTask<KeyPassword> FromFileAsync(string path, CancellationToken ct)
    {
        var content = await KeyFiles.ReadSecretAsync(path, "password file", Limits.KeyPasswordBytes, ct);
        var length = content.AsSpan().EndsWith("\r\n"u8) ? content.Length - 2
            : content.AsSpan().EndsWith("\n"u8) ? content.Length - 1
            : content.Length;
        var utf8 = content[..length];
        CryptographicOperations.ZeroMemory(content);
        return Take(utf8, $"the password in {Printable.Escape(path)}");
    }

    /// <summary>Wipes the password.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_utf8);

    private static KeyPassword Take(byte[] utf8, string what)
    {
        if (utf8.Length is > 0 and <= Limits.KeyPasswordBytes)
            return new KeyPassword(utf8);

        CryptographicOperations.ZeroMemory(utf8);
        throw KmsException.Unusable(
            utf8.Length == 0 ? $"{what} is empty" : $"{what} has more than {Limits.KeyPasswordBytes} bytes");
    }
}
