// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>Which URLs an issuer may have: https, or http on this machine for tests and local use.</summary>
internal static class IssuerAddress
{
    private const int Longest = 1024;

    internal static bool IsAcceptable(string text, [NotNullWhen(false)] out string? problem)
    {
        problem = text.Length > Longest || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || url.Query.Length > 0
            || !HostGrammar.IsHost(AuthorityOf(text))
                ? $"'{Printable.Escape(text)}' is not a URL without query or user"
                : url.Scheme is "https" || (url.Scheme is "http" && url.IsLoopback)
                    ? null
                    : $"'{Printable.Escape(text)}' must be https: whoever can change the answer makes identities";
        return problem is null;
    }

    /// <summary>OpenID Connect Discovery 1.0, section 4.1.</summary>
    internal static Uri DiscoveryOf(string issuer) => new(issuer.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>Whether two URLs have scheme, host and port in common.</summary>
    internal static bool HaveOneOrigin(Uri one, Uri other) => Uri.Compare(
        one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.Ordinal) == 0;

    // As written: Uri has already turned numeric oddities into addresses.
    private static string AuthorityOf(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.IndexOf('/', start);
        return end < 0 ? text[start..] : text[start..end];
    }
}
