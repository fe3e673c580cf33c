// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Kms.Azure;

/// <summary>
/// What a vault wants a token for, after the checks that keep a token from going to somebody else's vault, or us to somebody else's
/// tenant server.
/// </summary>
/// <param name="Scope">The scope of the token.</param>
/// <param name="Tenant">The tenant that gives it.</param>
internal sealed partial record AzureChallenge(string Scope, string Tenant)
{
    private const string DefaultScope = "/.default";

    // Microsoft Entra in its clouds. Nothing is sent to the address that a vault names; it only tells the tenant.
    private static readonly string[] Authorities =
    [
        "login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "login.microsoftonline.us",
        "login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
    ];

    /// <summary>Whether it has the form of a tenant's id or domain.</summary>
    public static bool IsTenant(string text) => TenantForm().IsMatch(text);

    /// <summary>Reads the <c>WWW-Authenticate</c> headers of a vault.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="domain">The domain that the vault is in.</param>
    /// <param name="challenge">What the vault wants.</param>
    /// <param name="problem">Why nothing is sent.</param>
    public static bool TryRead(
        IEnumerable<string> headers, string domain, [NotNullWhen(true)] out AzureChallenge? challenge, [NotNullWhen(false)] out string? problem)
    {
        challenge = null;
        problem = "it asks for no bearer token";
        var bearer = headers.FirstOrDefault(header => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase));
        if (bearer is null)
            return false;

        problem = "its challenge cannot be read";
        if (Members(bearer["Bearer ".Length..]) is not { } members || !members.TryGetValue("authorization", out var authorization))
            return false;

        if (!Uri.TryCreate(authorization, UriKind.Absolute, out var authority) || authority.Scheme != Uri.UriSchemeHttps
            || !authority.IsDefaultPort || authority.UserInfo.Length > 0
            || !Authorities.Contains(authority.Host, StringComparer.Ordinal))
        {
            problem = $"it sends us to {Printable.Escape(authorization)} for a token; expected https at one of {string.Join(", ", Authorities)}";
            return false;
        }

        var tenant = authority.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        if (!IsTenant(tenant))
            return false;

        var resource = members.TryGetValue("resource", out var named) ? named
            : members.TryGetValue("scope", out var scope) && scope.EndsWith(DefaultScope, StringComparison.Ordinal) ? scope[..^DefaultScope.Length]
            : "";
        if (resource.TrimEnd('/') != $"https://{domain}")
        {
            problem = $"it asks for a token for {Printable.Escape(resource)}; expected https://{domain}";
            return false;
        }

        challenge = new AzureChallenge($"https://{domain}{DefaultScope}", tenant);
        problem = null;
        return true;
    }

    // NAME="VALUE", separated by commas or spaces; a name that comes twice is nothing to choose from.
    private static Dictionary<string, string>? Members(string text)
    {
        var members = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = text.AsSpan().Trim(' ');
        while (rest.Length > 0)
        {
            var equals = rest.IndexOf("=\"", StringComparison.Ordinal);
            var end = equals < 0 ? -1 : rest[(equals + 2)..].IndexOf('"');
            if (end < 0 || !members.TryAdd(rest[..equals].ToString(), rest.Slice(equals + 2, end).ToString()))
                return null;

            rest = rest[(equals + 3 + end)..].TrimStart(" ,");
        }

        return members;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TenantForm();
}
