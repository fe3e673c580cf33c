// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// What a certificate authority will take an identity token to be about. The token is not verified here: the authority does that, and a
/// wrong guess only fails.
/// </summary>
internal static class IdentityToken
{
    /// <summary>Reads whom the key has to be proven for: the verified mail address where there is one, else the subject.</summary>
    public static bool TryReadSubject(string token, [NotNullWhen(true)] out string? subject, [NotNullWhen(false)] out string? problem)
    {
        subject = null;
        if (token.Length > Limits.TokenLength || token.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload))
        {
            problem = $"the identity token is not a JSON web token of at most {Limits.TokenLength} characters";
            return false;
        }

        if (!StrictJson.TryParse(Base64Url.DecodeFromChars(payload), out var document, out var malformed))
        {
            problem = $"the claims of the identity token are malformed: {malformed}";
            return false;
        }

        using (document)
            subject = SubjectOf(document.RootElement);
        problem = subject is null ? "the identity token has neither a verified email nor a sub" : null;
        return subject is not null;
    }

    private static string? SubjectOf(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object)
            return null;

        var isVerified = claims.TryGetProperty("email_verified", out var verified)
            && (verified.ValueKind == JsonValueKind.True || (verified.ValueKind == JsonValueKind.String && verified.ValueEquals("true"u8)));
        return (isVerified ? Text(claims, "email") : null) ?? Text(claims, "sub");
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String && claim.GetString() is { Length: > 0 } text ? text : null;
}
