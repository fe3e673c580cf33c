// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>The claims of a token. RFC 7519, section 4.1; OpenID Connect Core 1.0, section 2.</summary>
internal sealed class TokenClaims
{
    // 9999-12-31T23:59:59Z
    private const double LatestDate = 253_402_300_799;

    private TokenClaims(JsonElement root)
    {
        Issuer = Text(root, "iss");
        Subject = Text(root, "sub");
        Audiences = ReadAudiences(root);
        Texts = root.EnumerateObject().Where(claim => claim.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(claim => claim.Name, claim => claim.Value.GetString()!, StringComparer.Ordinal);
    }

    internal string? Issuer { get; }

    internal string? Subject { get; }

    internal IReadOnlyList<string> Audiences { get; }

    internal DateTimeOffset? Expires { get; private set; }

    internal DateTimeOffset? NotBefore { get; private set; }

    internal DateTimeOffset? IssuedAt { get; private set; }

    /// <summary>All claims that are text. Numbers, lists and objects are not matched by policies.</summary>
    internal IReadOnlyDictionary<string, string> Texts { get; }

    internal static bool TryRead(
        ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out TokenClaims? claims, [NotNullWhen(false)] out string? problem)
    {
        claims = null;
        if (!StrictJson.TryParse(payload, out var document, out problem))
        {
            problem = $"the token's claims: {problem}";
            return false;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problem = "the token's claims are not an object";
                return false;
            }

            var read = new TokenClaims(document.RootElement);
            if (!TryReadDate(document.RootElement, "exp", out var expires)
                || !TryReadDate(document.RootElement, "nbf", out var notBefore)
                || !TryReadDate(document.RootElement, "iat", out var issuedAt))
            {
                problem = "a time among the token's claims is not a number of seconds";
                return false;
            }

            read.Expires = expires;
            read.NotBefore = notBefore;
            read.IssuedAt = issuedAt;
            claims = read;
            return true;
        }
    }

    private static IReadOnlyList<string> ReadAudiences(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var audience))
            return [];
        if (audience.ValueKind == JsonValueKind.String)
            return [audience.GetString()!];
        return audience.ValueKind == JsonValueKind.Array
            && audience.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. audience.EnumerateArray().Select(one => one.GetString()!)]
            : [];
    }

    private static bool TryReadDate(JsonElement root, string name, out DateTimeOffset? date)
    {
        date = null;
        if (!root.TryGetProperty(name, out var claim))
            return true;
        if (claim.ValueKind != JsonValueKind.Number || !claim.TryGetDouble(out var seconds)
            || seconds is not (>= 0 and <= LatestDate))
        {
            return false;
        }

        date = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;
}
