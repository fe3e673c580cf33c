// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SupplyChain.Model;

/// <summary>
/// Base64 in its one canonical spelling (RFC 4648 §4): padded, no white space, unused bits zero. The framework's
/// decoders skip white space and ignore unused bits, so one value would have many texts.
/// </summary>
public static class CanonicalBase64
{
    /// <summary>Decodes the standard alphabet.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (text.Length % 4 != 0)
            return false;

        var padding = text switch { [.., (byte)'=', (byte)'='] => 2, [.., (byte)'='] => 1, _ => 0 };
        var decoded = new byte[(text.Length / 4 * 3) - padding];
        if (Base64.DecodeFromUtf8(text, decoded, out var consumed, out var written) != OperationStatus.Done
            // Skipped white space shows as fewer bytes than the text's length promises.
            || consumed != text.Length || written != decoded.Length || !EndsCanonically(text, decoded, padding))
        {
            return false;
        }

        value = decoded;
        return true;
    }

    /// <summary>
    /// Decodes the standard or, as DSSE asks of its readers, the URL-safe alphabet; never a mix of both.
    /// </summary>
    public static bool TryDecodeEither(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? value)
    {
        if (text.IndexOfAny("-_"u8) < 0)
            return TryDecode(text, out value);

        value = null;
        if (text.IndexOfAny("+/"u8) >= 0)
            return false;

        var standard = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var translated = standard.AsSpan(0, text.Length);
            text.Replace(translated, (byte)'-', (byte)'+');
            translated.Replace((byte)'_', (byte)'/');
            return TryDecode(translated, out value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(standard);
        }
    }

    /// <summary>Decodes the standard alphabet from text of at most <paramref name="longest"/> characters.</summary>
    public static bool TryDecode(string text, int longest, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (text.Length > longest || !Ascii.IsValid(text))
            return false;

        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            Encoding.ASCII.GetBytes(text, bytes);
            return TryDecode(bytes.AsSpan(0, text.Length), out value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static bool EndsCanonically(ReadOnlySpan<byte> text, ReadOnlySpan<byte> decoded, int padding)
    {
        if (padding == 0)
            return true;

        Span<byte> last = stackalloc byte[4];
        Base64.EncodeToUtf8(decoded[^(3 - padding)..], last, out _, out _);
        return last.SequenceEqual(text[^4..]);
    }
}
