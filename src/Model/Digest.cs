// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SupplyChain.Model;

/// <summary>
/// The content address of some bytes: an algorithm and its lower-case hexadecimal value, such as <c>sha256:44136f…</c>.
/// Two digests are equal only if both parts are; a sha512 never equals a sha256 of the same bytes.
/// </summary>
/// <remarks>OCI image-spec, "Digests". Accepted algorithms: sha256 (64 digits) and sha512 (128 digits).</remarks>
public sealed record Digest
{
    private const int LongestText = 7 + 128;

    private Digest(string algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The value as lower-case hexadecimal digits, without the algorithm.</summary>
    public string Hex { get; }

    /// <summary>Whether this is a SHA-256 digest, the only kind that evidence is bound to.</summary>
    public bool IsSha256 => string.Equals(Algorithm, "sha256", StringComparison.Ordinal);

    /// <summary>Computes the SHA-256 digest of <paramref name="content"/>.</summary>
    public static Digest Compute(ReadOnlySpan<byte> content)
    {
        Span<byte> value = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, value);
        return FromSha256(value);
    }

    /// <summary>Computes the digest of <paramref name="content"/> with the algorithm of <paramref name="expected"/>.</summary>
    public static Digest ComputeLike(Digest expected, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return expected.IsSha256 ? Compute(content) : FromSha512(SHA512.HashData(content));
    }

    /// <summary>Wraps the 32 bytes of a finished SHA-256 computation.</summary>
    /// <exception cref="ArgumentException">The value is not 32 bytes long.</exception>
    public static Digest FromSha256(ReadOnlySpan<byte> value) => value.Length == SHA256.HashSizeInBytes
        ? new Digest("sha256", Convert.ToHexStringLower(value))
        : throw new ArgumentException($"A SHA-256 value has 32 bytes, not {value.Length}.", nameof(value));

    /// <summary>Wraps the 64 bytes of a finished SHA-512 computation.</summary>
    /// <exception cref="ArgumentException">The value is not 64 bytes long.</exception>
    public static Digest FromSha512(ReadOnlySpan<byte> value) => value.Length == SHA512.HashSizeInBytes
        ? new Digest("sha512", Convert.ToHexStringLower(value))
        : throw new ArgumentException($"A SHA-512 value has 64 bytes, not {value.Length}.", nameof(value));

    /// <summary>Reads <paramref name="text"/> if it is exactly one accepted digest.</summary>
    /// <exception cref="FormatException">It is not; the message says why.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest, out var problem) ? digest : throw new FormatException(problem);

    /// <summary>Reads a digest; nothing is trimmed, folded or guessed.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out Digest? digest, [NotNullWhen(false)] out string? problem)
    {
        digest = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "a digest is empty; expected sha256: and 64 hexadecimal digits";
            return false;
        }

        if (text.Length > LongestText)
        {
            problem = $"a digest of {text.Length} characters is longer than any accepted one";
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var algorithm = colon < 0 ? text : text[..colon];
        var digits = algorithm switch { "sha256" => 64, "sha512" => 128, _ => 0 };
        if (colon < 0 || digits == 0)
        {
            problem = $"'{Printable.Escape(text)}' is not a digest; expected sha256: or sha512: and hexadecimal digits";
            return false;
        }

        var hex = text[(colon + 1)..];
        if (hex.Length != digits)
        {
            problem = $"a {algorithm} digest has {digits} hexadecimal digits, found {hex.Length} characters";
            return false;
        }

        foreach (var c in hex)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                problem = $"a digest is written in lower-case hexadecimal digits, found '{Printable.Escape(c.ToString())}'";
                return false;
            }
        }

        digest = new Digest(algorithm, hex);
        problem = null;
        return true;
    }

    /// <summary>The canonical text, <c>algorithm:hex</c>.</summary>
    public override string ToString() => $"{Algorithm}:{Hex}";
}
