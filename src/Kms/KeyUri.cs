// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>Names a key in a policy, a configuration or on a command line: <c>file:PATH</c>.</summary>
/// <remarks>The names of key services are known, so that one not built yet is refused by its name.</remarks>
public sealed record KeyUri
{
    private const int LongestPath = 4096;
    private const string FileScheme = "file:";

    private static readonly string[] Services = ["awskms", "azurekms", "gcpkms", "hashivault", "pkcs11"];

    private KeyUri(string path) => Path = path;

    /// <summary>The key file's path, as written.</summary>
    public string Path { get; }

    /// <summary>Reads a key URI.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static KeyUri Parse(string text) =>
        TryParse(text, out var uri, out var problem) ? uri : throw new FormatException(problem);

    /// <summary>Reads a key URI.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out KeyUri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var scheme = colon < 0 ? "" : text![..colon];
        if (Services.Contains(scheme, StringComparer.Ordinal))
        {
            problem = $"keys of {scheme} are not built yet; use {FileScheme}PATH";
            return false;
        }

        if (text?.StartsWith(FileScheme, StringComparison.Ordinal) != true)
        {
            problem = $"'{Printable.Escape(text)}' is not a key; expected {FileScheme}PATH";
            return false;
        }

        var path = text[FileScheme.Length..];
        if (path.Length is 0 or > LongestPath || path.StartsWith("//", StringComparison.Ordinal)
            || path.Any(char.IsControl))
        {
            problem = $"'{Printable.Escape(text)}' names no file; expected {FileScheme}PATH, without '//' before it";
            return false;
        }

        uri = new KeyUri(path);
        problem = null;
        return true;
    }

    /// <summary>The same key with a relative path taken from <paramref name="folder"/>.</summary>
    public KeyUri From(string folder) => new(System.IO.Path.Combine(folder, Path));

    /// <summary>The URI as text.</summary>
    public override string ToString() => FileScheme + Path;
}
