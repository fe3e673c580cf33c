// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace SupplyChain.Kms.Aws;

/// <summary>The names of AWS that this product puts into requests and host names.</summary>
internal static partial class AwsArn
{
    private const int LongestAlias = 256;
    private const RegexOptions Safely = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    /// <summary>Whether it has the form of a region; it becomes a part of a host name.</summary>
    public static bool IsRegion(string text) => Region().IsMatch(text);

    /// <summary>Whether it is the ARN of a role.</summary>
    public static bool IsRole(string text) => Role().IsMatch(text);

    /// <summary>Whether it is the id of a key, a multi-Region key included.</summary>
    public static bool IsKeyId(string text) => KeyId().IsMatch(text);

    /// <summary>Whether it is <c>alias/NAME</c>.</summary>
    public static bool IsAlias(string text) => text.Length <= LongestAlias && Alias().IsMatch(text);

    /// <summary>Reads the ARN of a key or an alias.</summary>
    public static bool TryRead(string text, out string region, out string resource)
    {
        var match = Kms().Match(text);
        (region, resource) = (match.Groups["region"].Value, match.Groups["resource"].Value);
        return match.Success
            && (IsAlias(resource) || (resource.StartsWith("key/", StringComparison.Ordinal) && IsKeyId(resource[4..])));
    }

    /// <summary>Whether it is the ARN of a key, not of an alias.</summary>
    public static bool IsKey(string? text) =>
        text is not null && TryRead(text, out _, out var resource) && resource.StartsWith("key/", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z]{2,12}){1,3}-[0-9]{1,2}\z", Safely)]
    private static partial Regex Region();

    [GeneratedRegex(@"\Aarn:aws(-[a-z]{1,8}){0,2}:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}\z", Safely)]
    private static partial Regex Role();

    [GeneratedRegex(@"\A([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})\z", Safely)]
    private static partial Regex KeyId();

    [GeneratedRegex(@"\Aalias/[A-Za-z0-9/_-]+\z", Safely)]
    private static partial Regex Alias();

    [GeneratedRegex(
        @"\Aarn:aws(-[a-z]{1,8}){0,2}:kms:(?<region>[a-z]{2,3}(-[a-z]{2,12}){1,3}-[0-9]{1,2}):[0-9]{12}:(?<resource>[A-Za-z0-9/_-]+)\z",
        Safely)]
    private static partial Regex Kms();
}
