// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Finds identities that hardly any certificate can have: what is no pattern is compared character by character.</summary>
internal static class NeverMatching
{
    internal const string GitHub = "https://token.actions.githubusercontent.com";

    private static readonly string[] WellKnownIssuers =
        ["https://accounts.google.com", "https://github.com/login/oauth", "https://gitlab.com", GitHub];

    /// <summary>Why, a sentence each.</summary>
    internal static IEnumerable<string> Check(TrustedIdentity identity)
    {
        if (HasStar(identity.Issuer))
            yield return "the issuer has a *, but issuers are compared character by character; write issuerPattern, a regular expression";
        else if (!identity.Issuer.IsPattern && Nearly(identity.Issuer.Text) is { } meant)
            yield return $"the issuer {identity.Issuer} is compared character by character with that of certificates, which is {meant}";

        if (HasStar(identity.Subject))
            yield return "the subject has a *, but subjects are compared character by character; write subjectPattern, a regular expression";
        else if (!identity.Subject.IsPattern && identity.Issuer.Matches(GitHub) && !identity.Subject.Text.Contains('@', StringComparison.Ordinal))
        {
            yield return $"the subject {identity.Subject} has no @, but GitHub's are workflows at a ref, "
                + "such as https://github.com/example/build/.github/workflows/image.yml@refs/heads/main";
        }

        foreach (var (property, _) in identity.Claims.Where(claim => claim.Value.Contains('*', StringComparison.Ordinal)))
            yield return $"{JsonNamingPolicy.CamelCase.ConvertName(property)} has a *, but is compared character by character";
    }

    private static bool HasStar(NameMatch name) => !name.IsPattern && name.Text.Contains('*', StringComparison.Ordinal);

    // A slash at the end, http:// or other capitals.
    private static string? Nearly(string issuer)
    {
        var bare = issuer.TrimEnd('/');
        if (bare.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            bare = $"https://{bare["http://".Length..]}";

        var known = WellKnownIssuers.FirstOrDefault(known => string.Equals(known, bare, StringComparison.OrdinalIgnoreCase));
        return string.Equals(known, issuer, StringComparison.Ordinal) ? null : known;
    }
}
