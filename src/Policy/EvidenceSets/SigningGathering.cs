// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// What a signing policy judges of one image, as pieces of it are found: each ends up bound to the image, as a problem with its own reason,
/// or unread where the policy counts nothing of its kind by its signer. No I/O: the same pieces in the same order give the same evidence.
/// </summary>
/// <param name="subject">The image.</param>
/// <param name="policy">The policy that is to judge it.</param>
/// <param name="policies">The set it is of.</param>
public sealed class SigningGathering(ImageSubject subject, SigningPolicy policy, PolicySet policies)
{
    private readonly SigningNeeds _needs = SigningNeeds.Of(policy, policies);
    private readonly GatheredScans _scans = new(subject);
    private readonly GatheredVex _vex = new();
    private readonly List<EvidenceProblem> _unproven = [];
    private SubmittedDocuments? _documents;

    /// <summary>What is worth looking for beside the image.</summary>
    public SigningNeeds Needs => _needs;

    private SubmittedDocuments Documents => _documents ??= new SubmittedDocuments(subject, _needs.Candidates, _needs.IsNamed);

    /// <summary>Adds a report, or why it is none about the image.</summary>
    public void Add(ScanReportResult read, ScanOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        if (origin.SignedBy is null || _needs.IsScanner(origin.SignedBy))
            _scans.Add(read, origin);
    }

    /// <summary>Adds a verified statement: as a report, as what checks judge, as VEX or as both of the last.</summary>
    public void Add(StoredStatement stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var statement = stored.Statement;
        if (!_needs.PredicateTypes.Contains(statement.PredicateType) || !_needs.IsNamed(statement.Signer))
            return;

        // A scan by anybody but a scanner's signer is no report, and what is wrong with it nobody's concern.
        if (_needs.IsScan(statement))
            _scans.Add(stored);
        else
            _scans.Statements.Add(stored);
        // VEX counts from beside the image alone, where a newer word lies beside the older one: who sends it would leave out the newer.
        if (stored.Layout is not null && _needs.IsVex(statement))
            _vex.Add(statement);
    }

    /// <summary>Adds a document that came with the request; what a signer of the policy has signed of it counts as it would beside the image, VEX excepted.</summary>
    public void Add(SentDocument document)
    {
        var known = Documents.Statements.Count;
        Documents.Add(document);
        foreach (var statement in Documents.Statements.Skip(known))
            Add(statement);
    }

    /// <summary>Adds what could not be made evidence, or could not be looked for.</summary>
    public void Add(EvidenceProblem problem) => _scans.Problems.Add(problem);

    /// <summary>
    /// Adds what is wrong with one attachment. That is its own matter and decides nothing; of a certificate that nothing speaks for it is told,
    /// for who misses its statement.
    /// </summary>
    public void AddAttachment(EvidenceProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        // One lies beside an index and its platforms alike.
        if (_unproven.Count < Limits.FindingsInDecision && !_unproven.Exists(known => known.Evidence == problem.Evidence)
            && (problem.Reason == ReasonCode.TlogMismatch || problem.Reason == ReasonCode.TimeUntrusted || problem.Reason == ReasonCode.CertInvalid))
        {
            _unproven.Add(problem);
        }
    }

    /// <summary>All of it.</summary>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="time">The time for which is asked who vouches for a report.</param>
    /// <param name="baseImages">The base images that the policy approves.</param>
    public EvidenceSet ToSet(EvidenceOrigin origin, DateTimeOffset time, IReadOnlyList<BaseImage> baseImages)
    {
        _scans.KeepNewestAttested(scan => SigningEvaluation.IsVouched(policy, policies, scan, time));
        return new EvidenceSet
        {
            Origin = origin,
            Subject = subject,
            Scans = _scans.Scans,
            Vex = _vex.All,
            Statements = _scans.Statements,
            Documents = Documents.Documents,
            BaseImages = baseImages,
            Unproven = _unproven,
            Problems = [.. _scans.Problems, .. Documents.Problems],
        };
    }
}
