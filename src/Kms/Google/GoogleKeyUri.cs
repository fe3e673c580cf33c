// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Kms.Google;

/// <summary>
/// <c>gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/cryptoKeyVersions/N]</c>; for the version, <c>versions</c> is
/// understood too, as cosign does.
/// </summary>
/// <param name="Key">The key's resource name, without a version.</param>
/// <param name="Version">The version's number, if one is named.</param>
internal sealed partial record GoogleKeyUri(string Key, string? Version)
{
    public const string Scheme = "gcpkms";

    private const string VersionsPart = "/cryptoKeyVersions/";

    /// <summary>The URI of a version by its resource name.</summary>
    public static string Of(string version) => $"{Scheme}://{version}";

    /// <summary>The resource name of one of a key's versions.</summary>
    public static string VersionOf(string key, string number) => key + VersionsPart + number;

    /// <summary>The number in the resource name of one of a key's versions; 0 for any other name.</summary>
    public static long NumberOf(string? version, string key) =>
        version is not null && version.StartsWith(key + VersionsPart, StringComparison.Ordinal)
        && VersionForm().IsMatch(version[(key.Length + VersionsPart.Length)..])
            ? long.Parse(version[(key.Length + VersionsPart.Length)..], System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Reads what comes after the scheme.</summary>
    public static bool TryRead(KeyUri uri, [NotNullWhen(true)] out GoogleKeyUri? read, [NotNullWhen(false)] out string? problem)
    {
        var match = Form().Match(uri.Rest);
        if (!match.Success)
        {
            read = null;
            problem = $"{Printable.Escape(uri.ToString())} names no key of Google Cloud KMS; expected "
                + "gcpkms://projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, with /cryptoKeyVersions/NUMBER for one version";
            return false;
        }

        read = new GoogleKeyUri(match.Groups["key"].Value, match.Groups["version"] is { Success: true } version ? version.Value : null);
        problem = null;
        return true;
    }

    // Projects of a domain have its name before theirs, as in example.com:project.
    [GeneratedRegex(
        @"\A//(?<key>projects/([a-z0-9.-]{1,100}:)?[a-z0-9-]{1,63}/locations/[a-z0-9-]{1,63}"
        + @"/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63})"
        + @"(/(cryptoKeyVersions|versions)/(?<version>[1-9][0-9]{0,17}))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(@"\A[1-9][0-9]{0,17}\z", RegexOptions.NonBacktracking)]
    private static partial Regex VersionForm();
}
