// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier;

/// <summary>The answer to an admission review: what the API server is told, and what it rests on.</summary>
public sealed record AdmissionAnswer
{
    private AdmissionAnswer()
    {
    }

    /// <summary>The id of the request that is answered.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether the object may be stored.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>Why, from the closed list; null when every image was judged and may run.</summary>
    public ReasonCode? Reason { get; init; }

    /// <summary>What a developer reads after a denial; empty when allowed.</summary>
    public string Message { get; init; } = "";

    /// <summary>Lines for a developer whose object was allowed although an image was not: at most 120 characters each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Every image that was judged; empty when the object alone decided.</summary>
    public IReadOnlyList<JudgedImage> Images { get; init; } = [];

    /// <summary>What went wrong behind a denial that no image explains: for the log, never for the answer.</summary>
    public Exception? Fault { get; init; }

    internal static AdmissionAnswer Settle(AdmissionReview review, ReasonCode reason) =>
        new() { Uid = review.Uid, IsAllowed = true, Reason = reason };

    internal static AdmissionAnswer Refuse(AdmissionReview review, WorkloadProblem problem) => new()
    {
        Uid = review.Uid,
        IsAllowed = false,
        Reason = problem.Reason,
        Message = $"{problem.Message} ({problem.Reason}). {problem.Reason.Remedy}",
    };

    internal static AdmissionAnswer Fail(AdmissionReview review, Exception fault) =>
        Refuse(review, new WorkloadProblem(ReasonCode.VerifyError, "the review could not be answered")) with { Fault = fault };

    internal static AdmissionAnswer From(AdmissionReview review, WorkloadVerdict verdict)
    {
        var isAllowed = verdict.IsAllowed;
        return new AdmissionAnswer
        {
            Uid = review.Uid,
            IsAllowed = isAllowed,
            Reason = isAllowed ? null : ReasonCode.ImageDenied,
            Message = isAllowed ? "" : DenialText.Write(verdict),
            Warnings = DenialText.Warnings(verdict),
            Images = verdict.Images,
        };
    }
}
