// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>A decision together with what was looked at to make it.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Subject">The image; <see langword="null"/> when it could not be had.</param>
/// <param name="Scans">The scans that are bound to it.</param>
internal sealed record Judged(Decision Decision, ImageSubject? Subject, IReadOnlyList<ScanEvidence> Scans)
{
    /// <summary>The documents that came with the request and are about it.</summary>
    public IReadOnlyList<SubmittedDocument> Documents { get; private init; } = [];

    /// <summary>The digests of the statements that lie beside it.</summary>
    public IReadOnlySet<Digest> Stored { get; private init; } = new HashSet<Digest>();

    /// <summary>What the decision was made on; null when there was nothing to judge, or it is too large to be kept.</summary>
    public Lazy<DecisionBasis?> Basis { get; init; } = new((DecisionBasis?)null);

    /// <summary>When asking again is worth it, where a registry said so.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Evaluates the policy of a grant.</summary>
    public static Judged By(Grant grant, string id, DateTimeOffset time, ImageSubject subject, EvidenceSet evidence)
    {
        if (evidence.Origin != EvidenceOrigin.Live)
            throw new InvalidOperationException($"evidence of origin {evidence.Origin} cannot sign anything");

        var evaluation = SigningEvaluation.Evaluate(grant.Policy, grant.Policies, evidence, time);
        var decision = Draft(
            grant, id, time, [.. subject.Platforms.Select(platform => platform.Platform?.ToString()).OfType<string>()],
            evaluation.Checks, evaluation.Evidence);
        return new Judged(decision, subject, evidence.Scans)
        {
            Documents = evidence.Documents,
            Stored = evidence.Statements.Where(stored => stored.Layout is not null).Select(stored => stored.Statement.Digest).ToHashSet(),
            Basis = new Lazy<DecisionBasis?>(() => BasisOf(grant.Policies, grant.Policy, evidence)),
        };
    }

    /// <summary>A recorded decision as its policy makes it of an evaluation now; who asked for what stays.</summary>
    public static Decision Again(Decision recorded, SigningPolicy policy, Evaluation evaluation) => recorded with
    {
        Outcome = Decision.OutcomeOf(DecisionKind.Signing, evaluation.Checks),
        Mode = policy.ModeAt(recorded.Time),
        Policy = new DecisionPolicy(policy.Name, policy.Revision, Rule: null),
        Checks = evaluation.Checks,
        Evidence = evaluation.Evidence,
    };

    private static DecisionBasis? BasisOf(PolicySet policies, SigningPolicy policy, EvidenceSet evidence) =>
        EvidenceFormat.Write(policies, policy, evidence) is { } pieces
            ? new DecisionBasis(pieces[0].Digest, [.. pieces.Select(piece => new LedgerDocument(piece.Form, piece.Content))])
            : null;

    /// <summary>The image could not be had, so nothing could be evaluated.</summary>
    public static Judged WithoutSubject(Grant grant, string id, DateTimeOffset time, RegistryException fault)
    {
        const string name = "image";
        var check = fault.Reason.IsRetryable
            ? CheckResult.Error(name, name, fault.Reason, fault.Message)
            : CheckResult.Fail(name, name, fault.Reason, fault.Message);
        return new Judged(Draft(grant, id, time, [], [check with { Remedy = fault.Reason.Remedy }], []), Subject: null, [])
        {
            RetryAfter = fault.RetryAfter,
        };
    }

    private static Decision Draft(
        Grant grant, string id, DateTimeOffset time, IReadOnlyList<string> platforms, IReadOnlyList<CheckResult> checks,
        IReadOnlyList<DecisionEvidence> evidence) => new()
        {
            Id = id,
            Kind = DecisionKind.Signing,
            Outcome = Decision.OutcomeOf(DecisionKind.Signing, checks),
            Mode = grant.Policy.ModeAt(time),
            Time = time,
            Subject = new DecisionSubject(grant.Repository.ToString(), grant.Digest, platforms),
            Requester = grant.Requester,
            Policy = new DecisionPolicy(grant.Policy.Name, grant.Policy.Revision, Rule: null),
            Checks = checks,
            Evidence = evidence,
        };
}
