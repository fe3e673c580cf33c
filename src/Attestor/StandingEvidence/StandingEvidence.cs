// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Evidence;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Takes reports that scanners post on images, whenever they were signed. The newest of each configuration and scanner binds every later
/// request (docs/adr/0007), and an image that was signed and no longer passes is told of. Nothing is signed here, and nothing withdrawn.
/// </summary>
/// <param name="policies">The policies in force at the moment of posting; null before the first were loaded.</param>
/// <param name="registries">Where images live.</param>
/// <param name="ledger">The record.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Where operators are told what no longer passes.</param>
public sealed class StandingEvidence(
    Func<PolicySet?> policies, Registries registries, DecisionLedger ledger, TimeProvider clock, ILogger<StandingEvidence> logger)
    : IDisposable
{
    private readonly SubjectResolver _subjects = new(registries);
    private readonly SigningEvidence _evidence = new(new AttachmentReader(registries), new SubjectResolver(registries));
    private readonly KeyedGate _gate = new();

    /// <summary>What is known about vulnerabilities at the moment of posting.</summary>
    public Func<ThreatData> ThreatData { get; init; } = () => Policy.ThreatData.None;

    /// <summary>Records the reports of a post, all or none, and judges again what was signed.</summary>
    /// <exception cref="LedgerException">The ledger cannot be read or written.</exception>
    public async ValueTask<EvidenceAnswer> PostAsync(EvidencePost post, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        var answer = await AnswerAsync(post, cancellationToken);
        if (answer is EvidenceAnswer.Rejected no)
        {
            var rejection = new Rejection(no.Reason, no.Message)
            {
                Requester = new DecisionRequester(post.Poster.Issuer, post.Poster.Subject),
                Image = Printable.Escape(post.Image),
            };
            await ledger.RecordRejectionAsync(rejection, cancellationToken);
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask<EvidenceAnswer> AnswerAsync(EvidencePost post, CancellationToken cancellationToken)
    {
        if (policies() is not { } set)
            return new EvidenceAnswer.Rejected(ReasonCode.NotReady, "no policy is loaded yet", SigningCycle.RetrySoon);
        if (!NamedImage.TryParse(post.Image, out var image, out var no))
            return new EvidenceAnswer.Rejected(no.Reason, no.Message);

        // Before anything is fetched, and in the same words whether or not the image exists.
        var granting = set.SigningPolicies.Where(policy => policy.LetsPost(image.Repository, post.Poster)).ToList();
        if (granting.Count == 0)
        {
            return new EvidenceAnswer.Rejected(
                ReasonCode.NotAuthorised, "no signing policy lets this one post evidence about this repository's images")
            {
                Remedy = "Ask the release manager for an entry in evidence.posters that matches your claims.",
            };
        }

        var reports = await SigningEvidence.ReadAsync(post.Reports, cancellationToken);
        ImageSubject subject;
        try
        {
            subject = await _subjects.ResolveAsync(image.Repository, image.Digest, cancellationToken);
        }
        catch (RegistryException fault)
        {
            return new EvidenceAnswer.Rejected(fault.Reason, fault.Message, fault.RetryAfter);
        }

        var now = clock.GetUtcNow();
        var (scans, refused) = PostedReports.Bind(reports, SigningEvidence.Bind(subject, reports), granting, now);
        if (refused is not null)
            return refused;

        // Of equal posts at once one records what the others then find.
        using (await _gate.EnterAsync(image.Digest.ToString(), cancellationToken))
        {
            var known = await RecordAsync(subject, scans, now, cancellationToken);
            var review = new ImageReview(_evidence, ledger, ThreatData(), clock, logger);
            var binding = reports.Where(report => known.Any(found => found.Binds && found.Digest == report.Result.Digest)).ToList();
            var lapsed = await review.RunAsync(set, subject, post.Poster, binding, cancellationToken);
            return new EvidenceAnswer.Known(image.Repository.At(image.Digest), known, lapsed);
        }
    }

    private async ValueTask<IReadOnlyList<KnownReport>> RecordAsync(
        ImageSubject subject, IReadOnlyList<ScanEvidence> scans, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var scan in scans)
        {
            await ledger.RecordEvidenceAsync(
                new KnownEvidence(subject.Digest, ConfigOf(subject, scan), scan.Report.Scanner.Name, scan.Time ?? now, scan.Report.Digest),
                cancellationToken);
        }

        var known = new List<KnownReport>();
        foreach (var scan in scans)
        {
            var newest = await ledger.Reader.FindNewestEvidenceAsync(
                ConfigOf(subject, scan), scan.Report.Scanner.Name, cancellationToken);
            known.Add(new KnownReport(
                scan.Report.Digest, Printable.Escape(scan.Report.Scanner.ToString()), scan.Covers,
                PlatformOf(subject, scan).Platform?.ToString(), newest?.Report == scan.Report.Digest));
        }

        return known;
    }

    private static PlatformManifest PlatformOf(ImageSubject subject, ScanEvidence scan) =>
        subject.Platforms.First(platform => platform.Manifest.Digest == scan.Covers);

    private static Digest ConfigOf(ImageSubject subject, ScanEvidence scan) =>
        PlatformOf(subject, scan).Config ?? scan.Covers;
}
