// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Kms.Vault;

/// <summary><c>hashivault://KEY</c>, as cosign writes it, and <c>hashivault://KEY?version=N</c>, which is ours.</summary>
/// <param name="Key">The key's name in the transit engine.</param>
/// <param name="Version">The version, or <see langword="null"/> for the latest.</param>
internal sealed partial record VaultKeyUri(string Key, int? Version)
{
    public const string Scheme = "hashivault";

    /// <summary>Reads what comes after the scheme.</summary>
    public static bool TryRead(KeyUri uri, [NotNullWhen(true)] out VaultKeyUri? read, [NotNullWhen(false)] out string? problem)
    {
        var match = Form().Match(uri.Rest);
        if (!match.Success)
        {
            read = null;
            problem = $"{Printable.Escape(uri.ToString())} names no key of Vault's transit engine; expected hashivault://KEY "
                + "or hashivault://KEY?version=N";
            return false;
        }

        problem = null;
        var version = match.Groups["version"];
        read = new VaultKeyUri(
            match.Groups["key"].Value, version.Success ? int.Parse(version.ValueSpan, CultureInfo.InvariantCulture) : null);
        return true;
    }

    /// <summary>The URI of one version.</summary>
    public static string Write(string key, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{key}?version={version}");

    [GeneratedRegex(
        @"\A//(?<key>[A-Za-z0-9_]([A-Za-z0-9_.-]{0,126}[A-Za-z0-9_])?)(\?version=(?<version>[1-9][0-9]{0,8}))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
