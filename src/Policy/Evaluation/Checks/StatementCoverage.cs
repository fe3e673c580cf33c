// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Whether statements that satisfy a check cover every platform, and the check's result from that.</summary>
internal static class StatementCoverage
{
    /// <summary>
    /// A statement about an index covers its platforms, since its digest fixes theirs; one about a platform covers that alone.
    /// </summary>
    internal static CheckResult ToResult(
        AttestationCheck check, string type, CheckContext context, IReadOnlyList<AttestedStatement> statements, StatementWords words)
    {
        var covering = statements.Where(statement => statement.Counts).ToList();
        var gaps = context.Platforms.Where(platform => !Covers(covering, context.Subject, platform, words)).ToList();
        if (gaps.Count == 0 && context.Platforms.Count > 0)
        {
            return CheckResult.Pass(check.Name, type, words.Pass) with { Evidence = Digests(covering) };
        }

        var about = statements.Where(statement => !statement.Counts
            && (gaps.Exists(gap => Covers([statement], context.Subject, gap, words)) || context.Platforms.Count == 0)).ToList();
        var signers = string.Join(" or ", check.SignedBy);
        // Of several the one that came furthest would explain best; their order at least is always the same.
        var why = about.FirstOrDefault()?.Rejection
            ?? new Rejection(words.Missing, context.Platforms.Count == 0
                ? "the image has no platform that the policy judges"
                : $"there is no {words.What} by {signers} for {string.Join(", ", gaps)}");
        return CheckResult.Fail(check.Name, type, why.Reason, why.Message) with
        {
            Expected = why.Expected ?? $"{words.What} by {signers}",
            Actual = why.Actual ?? (about.Count == 0 ? "none" : why.Message),
            Remedy = why.Reason.Remedy,
            Evidence = Digests(about),
        };
    }

    private static bool Covers(
        IEnumerable<AttestedStatement> statements, ImageSubject subject, PlatformManifest platform, StatementWords words) =>
        statements.Any(statement => (!words.IsPerPlatform && statement.Names(subject.Digest)) || statement.Names(platform.Manifest.Digest));

    private static IReadOnlyList<Digest> Digests(IEnumerable<AttestedStatement> statements) =>
        [.. statements.Select(statement => statement.Statement.Digest).Distinct()];
}

/// <summary>How a check of attestations speaks.</summary>
/// <param name="What">What is attested, such as <c>provenance</c>.</param>
/// <param name="Missing">The reason where nobody who counts attests it.</param>
/// <param name="Pass">The message where it passes.</param>
internal sealed record StatementWords(string What, ReasonCode Missing, string Pass)
{
    /// <summary>Whether a statement about an index says nothing about its platforms.</summary>
    internal bool IsPerPlatform { get; init; }
}
