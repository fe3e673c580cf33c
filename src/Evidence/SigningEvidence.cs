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
        var gathering = new SigningGathering(subject, policy, policies);
        foreach (var problem in sent.Problems)
            gathering.Add(problem);
        foreach (var (report, result) in sent.Reports)
        {
            var name = Printable.Escape(report.Name);
            gathering.Add(result, new ScanOrigin(name));
            // Known only after the key was asked, it would leave a request that can never end.
            if (policy.Produce.VulnerabilityAttestation && report.Size > Limits.AttestedReportBytes)
            {
                gathering.Add(new EvidenceProblem(
                    ReasonCode.ReportLimit, $"{name} is too large to be attested, as the policy asks", IsError: false)
                {
                    Evidence = result.Digest,
                    Expected = $"at most {Limits.AttestedReportBytes} bytes",
                    Actual = $"{report.Size} bytes",
                });
            }
        }

        if (!gathering.Needs.IsEmpty)
            await AddAttestedAsync(subject, gathering, cancellationToken);
        foreach (var document in sent.Documents)
            gathering.Add(document);
        return gathering.ToSet(EvidenceOrigin.Live, time, await ReadBasesAsync(policy, cancellationToken));
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

    private async ValueTask AddAttestedAsync(ImageSubject subject, SigningGathering gathering, CancellationToken cancellationToken)
    {
        var digests = subject.Platforms.Select(platform => platform.Manifest.Digest).Prepend(subject.Digest).Distinct();
        var needs = new AttachmentNeeds
        {
            BundleTypes = gathering.Needs.PredicateTypes,
            EnvelopeTypes = gathering.Needs.PredicateTypes,
            LargestAttachment = Limits.AttestationBytes,
            LayersSpeakForKeysAlone = true,
        };
        var budget = new AttachmentBudget();
        var found = await Task.WhenAll(digests.Select(async digest => (
            Digest: digest,
            Attachments: await attachments.ReadAsync(subject.Repository, digest, needs, budget, cancellationToken))));

        foreach (var (digest, attached) in found)
        {
            var verified = AttachmentVerifier.Verify(attached, digest, needs, gathering.Needs.Candidates);
            // What is wrong with one attachment is its own matter; that not all were looked at is no absence of reports.
            foreach (var problem in attached.Problems.Concat(verified.Problems.Where(problem => problem.Evidence is null)))
                gathering.Add(problem);
            foreach (var problem in verified.Problems.Where(problem => problem.Evidence is not null))
                gathering.AddAttachment(problem);
            foreach (var stored in verified.Statements)
                gathering.Add(stored);
        }
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
