// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// What went wrong while gathering, by what it means for admission. Anybody who can write to a repository can attach
/// nonsense to an image, so what is wrong with a single attachment only keeps that one from counting; what could not
/// be fetched makes an unmet requirement an error; everything else denies.
/// </summary>
internal sealed record AdmissionProblems
{
    private static readonly ReasonCode[] OfOneAttachment =
    [
        ReasonCode.SignatureInvalid, ReasonCode.SignatureMalformed, ReasonCode.KeyNotTrusted, ReasonCode.KeyPurpose,
        ReasonCode.KeyNotValidAtTime, ReasonCode.PayloadType, ReasonCode.SubjectMismatch, ReasonCode.RepositoryMismatch,
        ReasonCode.ManifestMalformed, ReasonCode.ManifestAmbiguous, ReasonCode.CertInvalid, ReasonCode.TlogMismatch, ReasonCode.TimeUntrusted,
    ];

    private AdmissionProblems(
        IReadOnlyList<CheckResult> fatal, IReadOnlyList<EvidenceProblem> errors, IReadOnlyList<EvidenceProblem> notes)
    {
        Fatal = fatal;
        Errors = errors;
        Notes = notes;
    }

    /// <summary>What denies by itself, such as more signatures than are examined.</summary>
    internal IReadOnlyList<CheckResult> Fatal { get; }

    /// <summary>What could not be looked at.</summary>
    internal IReadOnlyList<EvidenceProblem> Errors { get; }

    /// <summary>What was looked at and does not count.</summary>
    internal IReadOnlyList<EvidenceProblem> Notes { get; }

    internal EvidenceProblem? FirstError => Errors.Count == 0 ? null : Errors[0];

    internal static AdmissionProblems Sort(IReadOnlyList<EvidenceProblem> problems)
    {
        var sorted = EvidenceProblems.Sort(problems);
        return new AdmissionProblems(
            [.. EvidenceProblems.ToChecks(sorted.Where(problem => !problem.IsError && !IsOfOneAttachment(problem)))],
            [.. sorted.Where(problem => problem.IsError)],
            [.. sorted.Where(problem => !problem.IsError && IsOfOneAttachment(problem))]);
    }

    // One attachment that is too large is left out by name; too many of them are not.
    private static bool IsOfOneAttachment(EvidenceProblem problem) =>
        OfOneAttachment.Contains(problem.Reason)
            || (problem.Evidence is not null && (problem.Reason == ReasonCode.EvidenceLimit || problem.Reason == ReasonCode.TooManySignatures));

    /// <summary>Everything that decided nothing, as checks that count as nothing.</summary>
    internal IEnumerable<CheckResult> ToNotes() =>
        Errors.Concat(Notes).Take(Limits.FindingsInDecision).Select(problem =>
        CheckResult.Skipped(EvidenceProblems.Name, EvidenceProblems.Name, problem.Reason, problem.Message) with
        {
            Expected = problem.Expected,
            Actual = problem.Actual,
            Evidence = problem.Evidence is null ? [] : [problem.Evidence],
        });
}
