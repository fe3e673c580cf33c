// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Kms.Azure;

/// <summary><c>azurekms://VAULT_HOST/KEY[/VERSION]</c>.</summary>
/// <param name="Host">The vault's host, in lower case.</param>
/// <param name="Key">The key's name.</param>
/// <param name="Version">The version, if one is named.</param>
internal sealed partial record AzureKeyUri(string Host, string Key, string? Version)
{
    public const string Scheme = "azurekms";

    /// <summary>Whether it is a name of at least two labels, as DNS has them.</summary>
    public static bool IsHost(string? text) => text is { Length: <= 253 } && HostForm().IsMatch(text);

    /// <summary>Reads what comes after the scheme.</summary>
    public static bool TryRead(KeyUri uri, [NotNullWhen(true)] out AzureKeyUri? read, [NotNullWhen(false)] out string? problem)
    {
        read = null;
        problem = null;
        var match = Form().Match(uri.Rest);
        var host = match.Groups["host"].Value.ToLowerInvariant();
        if (!match.Success || (host.Contains('.', StringComparison.Ordinal) && !IsHost(host)))
        {
            problem = $"{Printable.Escape(uri.ToString())} names no key of Azure Key Vault; "
                + "expected azurekms://VAULT.vault.azure.net/KEY, with /VERSION for one version";
        }
        else if (!host.Contains('.', StringComparison.Ordinal))
        {
            problem = $"{Printable.Escape(uri.ToString())} names a vault without its domain; "
                + $"write azurekms://{host}.vault.azure.net/{match.Groups["key"].Value}";
        }
        else
        {
            read = new AzureKeyUri(host, match.Groups["key"].Value, match.Groups["version"] is { Success: true } version ? version.Value : null);
        }

        return read is not null;
    }

    /// <summary>
    /// Reads a key's identifier, <c>https://VAULT_HOST/keys/KEY/VERSION</c>; <see langword="null"/> if it is none, or names no version.
    /// </summary>
    public static AzureKeyUri? OfIdentifier(string? identifier) =>
        Uri.TryCreate(identifier, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort
        && url.AbsolutePath.StartsWith("/keys/", StringComparison.Ordinal)
        && KeyUri.TryParse($"{Scheme}://{url.Host}/{url.AbsolutePath["/keys/".Length..]}", out var uri, out _)
        && TryRead(uri, out var read, out _)
        && read.Version is not null
            ? read
            : null;

    /// <summary>Whether it is the key, and the version if one is named, that was asked for; a vault knows names in any case.</summary>
    public bool IsOf(AzureKeyUri asked) =>
        string.Equals(Host, asked.Host, StringComparison.Ordinal) && string.Equals(Key, asked.Key, StringComparison.OrdinalIgnoreCase)
        && (asked.Version is null || string.Equals(Version, asked.Version, StringComparison.Ordinal));

    /// <summary>The URI as text.</summary>
    public override string ToString() => $"{Scheme}://{Host}/{Key}" + (Version is null ? "" : $"/{Version}");

    [GeneratedRegex(
        @"\A//(?<host>[A-Za-z0-9.-]{1,253})/(?<key>[A-Za-z0-9-]{1,127})(/(?<version>[0-9a-f]{32}))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(
        @"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HostForm();
}
