// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Whether claims that satisfy a check cover every platform, and the check's result from that.</summary>
internal static class StatementCoverage
{
    /// <summary>
    /// A statement about an index covers its platforms, since its digest fixes theirs; one about a platform covers that alone.
    /// </summary>
    internal static CheckResult ToResult(
        AttestationCheck check, string type, CheckContext context, IReadOnlyList<JudgedClaim> claims, StatementWords words)
    {
        // Whoever sends documents chooses them: one that fails must not be outvoted by one that passes.
        var failing = check.Source == EvidenceSource.Submitted ? claims.Where(claim => !claim.Counts).ToList() : [];
        var covering = claims.Where(claim => claim.Counts).ToList();
        var gaps = context.Platforms.Where(platform => !Covers(covering, context.Subject, platform, words)).ToList();
        if (gaps.Count == 0 && context.Platforms.Count > 0 && failing.Count == 0)
        {
            return CheckResult.Pass(check.Name, type, words.Pass) with { Evidence = Digests(covering) };
        }

        var about = failing.Count > 0 ? failing : claims.Where(claim => !claim.Counts
            && (gaps.Exists(gap => Covers([claim], context.Subject, gap, words)) || context.Platforms.Count == 0)).ToList();
        // Of several the one that came furthest would explain best; their order at least is always the same.
        var why = about.FirstOrDefault()?.Rejection ?? Missing(check, context, gaps, words);
        return CheckResult.Fail(check.Name, type, why.Reason, why.Message) with
        {
            Expected = why.Expected ?? $"{words.What} {By(check)}",
            Actual = why.Actual ?? (about.Count == 0 ? "none" : why.Message),
            Remedy = about.Count == 0 && check.Source == EvidenceSource.Submitted ? words.Send : why.Reason.Remedy,
            Evidence = Digests(about),
        };
    }

    // What was sent and refused has a line of its own that says why; this one must not deny that it was sent.
    private static Rejection Missing(
        AttestationCheck check, CheckContext context, IReadOnlyList<PlatformManifest> gaps, StatementWords words)
    {
        if (context.Platforms.Count == 0)
            return new Rejection(words.Missing, "the image has no platform that the policy judges");

        var platforms = string.Join(", ", gaps);
        return check.Source == EvidenceSource.Submitted && context.Evidence.Problems.Any(SubmittedDocuments.IsRefusal)
            ? new Rejection(words.Missing, $"no {words.What} that was sent counts for {platforms}") { Actual = "none that counts" }
            : new Rejection(words.Missing, $"there is no {words.What} {By(check)} for {platforms}");
    }

    /// <summary>Who has to vouch, in words that follow what is vouched for.</summary>
    internal static string By(AttestationCheck check) =>
        check.Source == EvidenceSource.Submitted ? "sent with the request" : $"by {string.Join(" or ", check.SignedBy)}";

    private static bool Covers(
        IEnumerable<JudgedClaim> claims, ImageSubject subject, PlatformManifest platform, StatementWords words) =>
        claims.Any(claim => (!words.IsPerPlatform && claim.Names(subject.Digest)) || claim.Names(platform.Manifest.Digest));

    private static IReadOnlyList<Digest> Digests(IEnumerable<JudgedClaim> claims) =>
        [.. claims.Select(claim => claim.Claim.Digest).Distinct()];
}

/// <summary>How a check of attestations speaks.</summary>
/// <param name="What">What is attested, such as <c>provenance</c>.</param>
/// <param name="Part">The part of a request that it is sent in.</param>
/// <param name="Missing">The reason where nobody who counts attests it.</param>
/// <param name="Pass">The message where it passes.</param>
internal sealed record StatementWords(string What, string Part, ReasonCode Missing, string Pass)
{
    /// <summary>Whether a statement about an index says nothing about its platforms.</summary>
    internal bool IsPerPlatform { get; init; }

    /// <summary>What to do where the requester's word is enough and it was not sent.</summary>
    internal string Send => $"Send it with the request: part {Part} (attest --{Part} FILE).";
}
