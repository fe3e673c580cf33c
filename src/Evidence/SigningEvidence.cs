// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>
/// Gathers what a signing policy judges: the reports and documents that came with the request, and attestations beside the image of the types and
/// by the signers the policy names. Every piece ends up either bound to the image or as a problem with its own reason.
/// </summary>
public sealed class SigningEvidence(AttachmentReader attachments, SubjectResolver images)
{
    /// <summary>Reads the reports of a request, each once and as a stream, before anything is known of the image.</summary>
    public static async ValueTask<IReadOnlyList<ReadReport>> ReadAsync(
        IReadOnlyList<ISubmittedReport> reports, CancellationToken cancellationToken)
    {
        var read = new List<ReadReport>(reports.Count);
        foreach (var report in reports)
        {
            await using var content = report.Open();
            read.Add(new ReadReport(report, await ScanReportReader.ReadAsync(content, cancellationToken)));
        }

        return read;
    }

    /// <summary>Binds reports alone to an image, without looking beside it: scans, and problems with the others.</summary>
    public static EvidenceSet Bind(ImageSubject subject, IReadOnlyList<ReadReport> reports)
    {
        var gathered = new GatheredScans(subject);
        foreach (var (report, result) in reports)
            gathered.Add(result, new ScanOrigin(Printable.Escape(report.Name)));
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Live,
            Subject = subject,
            Scans = gathered.Scans,
            Problems = gathered.Problems,
        };
    }

    /// <summary>Gathers the evidence about one image.</summary>
    public async ValueTask<EvidenceSet> GatherAsync(
        ImageSubject subject, SigningPolicy policy, PolicySet policies, SentEvidence sent,
        DateTimeOffset time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sent);
        var gathered = new GatheredScans(subject);
        var vex = new GatheredVex();
        gathered.Problems.AddRange(sent.Problems);
        foreach (var (report, result) in sent.Reports)
        {
            var name = Printable.Escape(report.Name);
            gathered.Add(result, new ScanOrigin(name));
            // Known only after the key was asked, it would leave a request that can never end.
            if (policy.Produce.VulnerabilityAttestation && report.Size > Limits.AttestedReportBytes)
            {
                gathered.Problems.Add(new EvidenceProblem(
                    ReasonCode.ReportLimit, $"{name} is too large to be attested, as the policy asks", IsError: false)
                {
                    Evidence = result.Digest,
                    Expected = $"at most {Limits.AttestedReportBytes} bytes",
                    Actual = $"{report.Size} bytes",
                });
            }
        }

        var wanted = SigningNeeds.Of(policy, policies);
        if (wanted.Keys.Count > 0)
            await AddAttestedAsync(gathered, vex, wanted, cancellationToken);
        var documents = new SubmittedDocuments(subject, wanted.Keys);
        foreach (var document in sent.Documents)
            documents.Add(document);
        gathered.Problems.AddRange(documents.Problems);
        // What is signed counts as it would beside the image.
        foreach (var statement in documents.Statements.Where(statement => wanted.PredicateTypes.Contains(statement.PredicateType)))
            Add(new StoredStatement(statement, Layout: null), gathered, vex, wanted);

        gathered.KeepNewestAttested(scan => SigningEvaluation.IsVouched(policy, policies, scan, time));
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Live,
            Subject = subject,
            Scans = gathered.Scans,
            Vex = vex.All,
            Statements = gathered.Statements,
            Documents = documents.Documents,
            Signatures = [],
            BaseImages = await ReadBasesAsync(policy, cancellationToken),
            Problems = gathered.Problems,
        };
    }

    // Each once, whichever checks name it, and none where no check does.
    private async ValueTask<IReadOnlyList<BaseImage>> ReadBasesAsync(SigningPolicy policy, CancellationToken cancellationToken) =>
        await Task.WhenAll(policy.Checks.OfType<BaseImageCheck>().SelectMany(check => check.Approved)
            .DistinctBy(image => image.ToString(), StringComparer.Ordinal)
            .Select(async image =>
            {
                try
                {
                    return new BaseImage(image, await images.ResolveAsync(image.Repository, image.Digest!, cancellationToken));
                }
                catch (RegistryException fault)
                {
                    return new BaseImage(image, null) { Reason = fault.Reason };
                }
            }));

    private async ValueTask AddAttestedAsync(
        GatheredScans gathered, GatheredVex vex, SigningNeeds wanted, CancellationToken cancellationToken)
    {
        var subject = gathered.Subject;
        var digests = subject.Platforms.Select(platform => platform.Manifest.Digest).Prepend(subject.Digest).Distinct();
        var needs = new AttachmentNeeds
        {
            BundleTypes = wanted.PredicateTypes,
            EnvelopeTypes = wanted.PredicateTypes,
            LargestAttachment = Limits.AttestationBytes,
        };
        var budget = new AttachmentBudget();
        var found = await Task.WhenAll(digests.Select(async digest => (
            Digest: digest,
            Attachments: await attachments.ReadAsync(subject.Repository, digest, needs, budget, cancellationToken))));

        foreach (var (digest, attached) in found)
        {
            gathered.Problems.AddRange(attached.Problems);
            var verified = AttachmentVerifier.Verify(attached, digest, needs, wanted.Keys);
            // What is wrong with one attachment is its own matter; that not all were looked at is no absence of reports.
            gathered.Problems.AddRange(verified.Problems.Where(problem => problem.Evidence is null));
            foreach (var stored in verified.Statements)
                Add(stored, gathered, vex, wanted);
        }
    }

    private static void Add(StoredStatement stored, GatheredScans gathered, GatheredVex vex, SigningNeeds wanted)
    {
        // A scan by anybody but a scanner's signer is no report, and what is wrong with it nobody's concern.
        if (wanted.IsScan(stored.Statement))
            gathered.Add(stored);
        else
            gathered.Statements.Add(stored);
        if (wanted.IsVex(stored.Statement))
            vex.Add(stored.Statement);
    }
}

/// <summary>A report of a request, and what reading it gave.</summary>
/// <param name="Report">The report as sent.</param>
/// <param name="Result">The findings, or why there are none.</param>
public sealed record ReadReport(ISubmittedReport Report, ScanReportResult Result)
{
    /// <summary>
    /// The digest of the report's bytes; for one that was not read to its end, a digest of why, so that equal requests still look
    /// equal.
    /// </summary>
    public Digest DigestOrReason => Result.Digest
        ?? Digest.Compute(Encoding.UTF8.GetBytes($"{Report.Size} {Result.Problem!.Reason} {Result.Problem.Message}"));
}
