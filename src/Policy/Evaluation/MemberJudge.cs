// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Decides whether a signer counts as a member: what has to speak for it does, and the member's window and state allow it. Where logs or
/// timestamp authorities told when it was signed, that time counts, and otherwise the present one.
/// </summary>
internal static class MemberJudge
{
    /// <summary>Why the signer does not count; null when it does.</summary>
    /// <param name="member">The member that it is.</param>
    /// <param name="signer">Who signed.</param>
    /// <param name="policies">The policies, which know the trust roots.</param>
    /// <param name="time">The time.</param>
    /// <param name="takesPromises">Whether a log's promise to include something is as good as a proof that it did.</param>
    internal static (Stage Stage, Rejection Rejection)? Judge(
        AttestorMember member, Signer signer, PolicySet policies, DateTimeOffset time, bool takesPromises)
    {
        IReadOnlyList<DateTimeOffset> times = [];
        if (member.Witnesses is { } needed)
        {
            if (policies.FindTrustRoot(needed.TrustRoot)?.Root is not { } root
                || signer.Material.FirstOrDefault(material => material.Root.Digest == root.Digest) is not { } material)
            {
                return (Stage.Witnesses, Unproven(needed, signer, policies));
            }

            if (JudgeWitnesses(needed, material, takesPromises) is { } missing)
                return (Stage.Witnesses, missing);
            times = material.Times;
        }

        return JudgeWindow(member, times, time) is { } refused ? (Stage.Window, refused) : null;
    }

    private static Rejection Unproven(WitnessRequirement needed, Signer signer, PolicySet policies)
    {
        var root = policies.FindTrustRoot(needed.TrustRoot)?.Root;
        var problem = signer.Problems.FirstOrDefault(problem => problem.Root.Digest == root?.Digest).Problem;
        return new Rejection(
            problem?.Reason ?? ReasonCode.KeyNotTrusted,
            $"by the trust root {needed.TrustRoot} it does not count: {problem?.Message ?? "nothing came along that could speak for it"}")
        {
            Expected = problem?.Expected,
            Actual = problem?.Actual,
        };
    }

    private static Rejection? JudgeWitnesses(WitnessRequirement needed, VerifiedMaterial material, bool takesPromises) =>
        Missing(
            needed.TransparencyLogs, takesPromises ? material.LogOperators : material.IncludingOperators, ReasonCode.TlogMismatch,
            takesPromises ? "transparency logs recorded the signature" : "transparency logs were shown to have recorded the signature")
        ?? Missing(needed.Timestamps, material.TimestampOperators, ReasonCode.TimeUntrusted, "timestamp authorities saw the signature")
        ?? Missing(needed.CertificateLogs, material.CertificateLogs.Count, ReasonCode.CertInvalid, "certificate logs recorded the certificate");

    private static Rejection? Missing(int needed, int found, ReasonCode reason, string who) => found >= needed
        ? null
        : new Rejection(reason, $"too few {who}")
        {
            Expected = string.Create(CultureInfo.InvariantCulture, $"at least {needed} of the trust root, of distinct operators"),
            Actual = string.Create(CultureInfo.InvariantCulture, $"{found}"),
        };

    private static Rejection? JudgeWindow(AttestorMember member, IReadOnlyList<DateTimeOffset> times, DateTimeOffset now)
    {
        var told = times.Count == 0 ? [now] : times;
        // What is shown to be older than a revocation is judged as before it.
        var judged = member.State == MemberState.Revoked && times.Count > 0 && times.All(time => time < member.RevokedAt)
            ? member with { State = MemberState.Verifying }
            : member;
        var refusals = told.Where(time => judged.RefusalAt(time) is not null).ToList();
        return refusals.Count == 0
            ? null
            : new Rejection(
                judged.RefusalAt(refusals[0])!,
                $"the {(member.Identity is null ? "key" : "identity")} that signed it {(times.Count == 0 ? KeyWindow.Verb(judged) : KeyWindow.VerbAtSigning(judged))}")
            {
                Expected = $"one that is valid at {Times.Show(refusals[0])}",
                Actual = KeyWindow.Describe(judged),
            };
    }
}
