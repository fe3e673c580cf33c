// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>
/// Names a key in a policy, a configuration or on a command line: a scheme and what its provider reads, such as <c>file:PATH</c> or
/// <c>awskms:///alias/NAME</c>. The forms are those of cosign.
/// </summary>
public sealed record KeyUri
{
    /// <summary>The scheme of key files.</summary>
    public const string FileScheme = "file";

    internal const string NoPinsInUris =
        "a PIN does not belong into a URI, which policies and logs show; name its file by the option pinFile of kms.pkcs11, or by "
        + "pin-source=file:/PATH below the option pinFolder, or set " + Pkcs11Options.PinVariable;

    private const int LongestText = 4096;

    /// <summary>Every scheme that there is a provider for.</summary>
    public static readonly IReadOnlyList<string> Schemes =
        [FileScheme, "awskms", "azurekms", "gcpkms", "hashivault", "pkcs11"];

    private KeyUri(string scheme, string rest) => (Scheme, Rest) = (scheme, rest);

    /// <summary>What comes before the first colon.</summary>
    public string Scheme { get; }

    /// <summary>What comes after it, as written.</summary>
    public string Rest { get; }

    /// <summary>Reads a key URI as far as all schemes have in common; the rest is its provider's to read.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static KeyUri Parse(string text) =>
        TryParse(text, out var uri, out var problem) ? uri : throw new FormatException(problem);

    /// <summary>Reads a key URI as far as all schemes have in common; the rest is its provider's to read.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out KeyUri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        problem = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var scheme = colon < 0 ? "" : text![..colon];
        var rest = colon < 0 ? "" : text![(colon + 1)..];
        if (!Schemes.Contains(scheme, StringComparer.Ordinal))
        {
            problem = $"'{Printable.Escape(text)}' is not a key; expected file:PATH or a URI that begins with one of "
                + string.Join(", ", Schemes.Skip(1).Select(known => known + ":"));
        }
        else if (text!.Length > LongestText || rest.Length == 0 || rest.Any(char.IsControl))
            problem = $"'{Printable.Escape(text)}' names no key: after {scheme}: 1 to {LongestText} printable characters are expected";
        else if (scheme is FileScheme && rest.StartsWith("//", StringComparison.Ordinal))
            problem = $"'{Printable.Escape(text)}' names no file; expected file:PATH, without '//' before it";

        // Also of what is no such URI, for a slip in its spelling, nothing is repeated.
        if ((problem is not null || scheme is "pkcs11") && text?.Contains("pin-value", StringComparison.OrdinalIgnoreCase) == true)
            problem = NoPinsInUris;
        if (problem is not null)
            return false;

        uri = new KeyUri(scheme, rest);
        return true;
    }

    /// <summary>The same key; for a key file, with a relative path taken from <paramref name="folder"/>.</summary>
    public KeyUri From(string folder) =>
        Scheme is FileScheme ? new KeyUri(Scheme, Path.Combine(folder, Rest)) : this;

    /// <summary>The URI as text.</summary>
    public override string ToString() => $"{Scheme}:{Rest}";
}
