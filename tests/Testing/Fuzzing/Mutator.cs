// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text;

namespace SupplyChain.Testing.Fuzzing;

/// <summary>Changes inputs as an attacker or a broken disk would: bits, bytes, pieces, numbers, nesting, and whatever is encoded inside.</summary>
public sealed class Mutator(SeededNumbers numbers)
{
    private const int LongestPiece = 64;
    private const int ShortestBase64 = 16;
    private const int DeepestNesting = 3_000;

    private static readonly string[] Edges =
        ["0", "-1", "-0", "1", "1e999", "00", "2147483648", "4294967296", "9223372036854775808", "18446744073709551615", "18446744073709551616", "0.1", "1e2"];

    private readonly DerMutator _der = new(numbers);

    /// <summary>Another input: <paramref name="input"/> with one to a few changes, some with pieces of <paramref name="other"/>.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        do
            input = MutateOnce(input, other);
        while (numbers.OneIn(3));
        return input;
    }

    private byte[] MutateOnce(byte[] input, byte[] other)
    {
        if (input.Length == 0)
            return other;
        if (input[0] == 0x30 && !numbers.OneIn(3))
            return _der.Mutate(input);

        // Bytes that are wrong on the outside seldom get far: what is encoded inside is changed as often.
        var isText = input[0] is (byte)'{' or >= (byte)'a' and <= (byte)'z';
        if (isText && numbers.OneIn(2))
            return MutateInside(input, other);

        return numbers.Below(isText ? 10 : 7) switch
        {
            0 => Flip(input),
            1 => Replace(input, [(byte)numbers.Below(256)]),
            2 => Insert(input, PieceOf(input)),
            3 => Remove(input),
            4 => Replace(input, PieceOf(other)),
            5 => Splice(input, other),
            6 => Insert(input, PieceOf(other)),
            7 => ReplaceNumber(input),
            8 => Insert(input, Nesting()),
            _ => Insert(input, Encoding.ASCII.GetBytes(numbers.Of(["null", "{}", "[]", "\"\"", "\\u0000", ",", "\"x\":1,", "\n", "\n\n", "\ufeff"]))),
        };
    }

    private byte[] MutateInside(byte[] text, byte[] other)
    {
        if (FindBase64(text) is not var (start, length))
            return Flip(text);
        if (numbers.OneIn(8) && FindBase64(other) is var (from, count))
            return [.. text[..start], .. other.AsSpan(from, count), .. text[(start + length)..]];

        var content = new byte[length];
        if (Base64.DecodeFromUtf8(text.AsSpan(start, length), content, out _, out var written) != System.Buffers.OperationStatus.Done)
            return Flip(text);

        var changed = Mutate(content[..written], other.Length > 0 ? PieceOf(other) : content);
        return [.. text[..start], .. Encoding.ASCII.GetBytes(Convert.ToBase64String(changed)), .. text[(start + length)..]];
    }

    // Some run of characters that base64 consists of, from a random place on.
    private (int Start, int Length)? FindBase64(byte[] text)
    {
        for (var tries = 0; tries < 4; tries++)
        {
            var start = numbers.Below(text.Length);
            while (start > 0 && IsBase64(text[start - 1]))
                start--;
            var end = start;
            while (end < text.Length && IsBase64(text[end]))
                end++;
            if (end - start >= ShortestBase64)
                return (start, end - start);
        }

        return null;
    }

    private static bool IsBase64(byte octet) => char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'+' or (byte)'/' or (byte)'=';

    private byte[] Flip(byte[] input)
    {
        var flipped = input.ToArray();
        flipped[numbers.Below(input.Length)] ^= (byte)(1 << numbers.Below(8));
        return flipped;
    }

    private byte[] Insert(byte[] input, byte[] piece)
    {
        var at = numbers.Below(input.Length + 1);
        return [.. input[..at], .. piece, .. input[at..]];
    }

    private byte[] Replace(byte[] input, byte[] piece)
    {
        var at = numbers.Below(input.Length);
        return [.. input[..at], .. piece, .. input[Math.Min(input.Length, at + piece.Length)..]];
    }

    private byte[] Remove(byte[] input)
    {
        var at = numbers.Below(input.Length);
        return [.. input[..at], .. input[Math.Min(input.Length, at + 1 + numbers.Below(LongestPiece))..]];
    }

    private byte[] Splice(byte[] input, byte[] other) => [.. input[..numbers.Below(input.Length)], .. other[numbers.Below(Math.Max(1, other.Length))..]];

    private byte[] PieceOf(byte[] input)
    {
        var at = numbers.Below(input.Length);
        return input[at..Math.Min(input.Length, at + 1 + numbers.Below(LongestPiece))];
    }

    private byte[] ReplaceNumber(byte[] input)
    {
        var start = numbers.Below(input.Length);
        while (start < input.Length && !char.IsAsciiDigit((char)input[start]))
            start++;
        var end = start;
        while (end < input.Length && char.IsAsciiDigit((char)input[end]))
            end++;
        return [.. input[..start], .. Encoding.ASCII.GetBytes(numbers.Of(Edges)), .. input[end..]];
    }

    private byte[] Nesting()
    {
        var depth = 1 + numbers.Below(DeepestNesting);
        return Encoding.ASCII.GetBytes(numbers.OneIn(2) ? new string('[', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth)));
    }
}
