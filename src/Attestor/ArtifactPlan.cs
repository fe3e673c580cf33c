// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor;

/// <summary>
/// What is signed for an approved image, in the order it is published: signatures of every platform that was judged and of the
/// image itself, an attestation for each scan report that counted, the approval last.
/// </summary>
internal static class ArtifactPlan
{
    /// <summary>Everything but the approval, which names the digests of these.</summary>
    public static async ValueTask<IReadOnlyList<Draft>> BeforeApprovalAsync(
        Grant grant, Judged judged, ImageSubject subject, SentEvidence sent, CancellationToken cancellationToken)
    {
        var produce = grant.Policy.Produce;
        var manifests = grant.Policy.Evidence.Judged(subject).Select(platform => platform.Manifest).Append(subject.Manifest)
            .DistinctBy(manifest => manifest.Digest).ToList();
        var drafts = new List<Draft>();
        if (produce.Signature && produce.Layouts.Contains(StorageLayout.Bundle))
            drafts.AddRange(manifests.Select(manifest => Drafts.OfSignature(grant.Repository, manifest)));
        if (produce.HasTagSignature)
            drafts.AddRange(manifests.Select(manifest => Drafts.OfTagSignature(grant.Repository, manifest)));
        drafts.AddRange(produce.SbomAttestation ? SbomAttestation.Plan(grant, judged, subject) : []);
        if (!produce.VulnerabilityAttestation)
            return drafts;

        // Attested reports lie beside the image already, under their own signer's name.
        foreach (var scan in Counted(judged, EvidenceSource.Submitted))
        {
            var report = sent.Reports.First(report => report.Result.Digest == scan.Report.Digest);
            var covered = subject.Platforms.First(platform => platform.Manifest.Digest == scan.Covers).Manifest;
            drafts.Add(Drafts.OfScan(
                grant.Repository, covered, scan.Report.Digest, await PredicateOfAsync(scan, report, judged.Decision, cancellationToken)));
        }

        return drafts;
    }

    /// <summary>The approval, naming the stored attestations it rests on; null where the policy wants none.</summary>
    public static Draft? Approval(Grant grant, Judged judged, ImageSubject subject, IReadOnlyList<SignedArtifact> signed)
    {
        if (!grant.Policy.Produce.Summary)
            return null;

        var decision = judged.Decision;
        var inputs = signed
            .Where(artifact => artifact.Purpose.StartsWith(Drafts.ScanAttestation, StringComparison.Ordinal)
                || artifact.Purpose.StartsWith(Drafts.SbomAttestation, StringComparison.Ordinal))
            .Select(artifact => artifact.Digest)
            .Concat(Counted(judged, EvidenceSource.Attested).Select(scan => scan.Digest)
                .Concat(decision.Evidence.Where(line => line is { Used: true, Kind: "attestation" or "vex", Source: "attested" }).Select(line => line.Digest))
                // What only the request brought is not beside the image, where whoever reads the approval looks for it.
                .Where(judged.Stored.Contains))
            .Distinct()
            .Select(digest => new InputAttestation(
                new ImageResource(grant.Repository, digest).ToString(), digest));
        return Drafts.OfApproval(grant.Repository, subject.Manifest, new VerificationSummary
        {
            VerifierId = grant.Attestor.VerifierId,
            TimeVerified = decision.Time,
            ResourceUri = new ImageResource(grant.Repository, grant.Digest).ToString(),
            PolicyUri = $"supplychain:policy/{grant.Policy.Name}",
            PolicyDigest = decision.Policy!.Revision,
            InputAttestations = [.. inputs],
            Result = VerificationResult.Passed,
            VerifiedLevels = ["SUPPLYCHAIN_SIGNING_POLICY"],
            Extensions = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ApprovalExtensions.Decision] = decision.Id,
                [ApprovalExtensions.RequesterIssuer] = grant.Requester.Issuer,
                [ApprovalExtensions.RequesterSubject] = grant.Requester.Subject,
                [ApprovalExtensions.ValidUntil] = Text(decision.Time + grant.Policy.Produce.ValidFor),
                [ApprovalExtensions.Evidence] = string.Join("; ", decision.Evidence.Where(line => line.Used).Select(Describe)),
            },
        });
    }

    // Whatever else was sent or found is nothing the decision rests on, so the approval key says nothing about it.
    private static IEnumerable<ScanEvidence> Counted(Judged judged, EvidenceSource source)
    {
        var used = judged.Decision.Evidence.Where(line => line.Used).Select(line => line.Digest).ToHashSet();
        return judged.Scans.Where(scan => scan.Source == source && used.Contains(scan.Digest)).DistinctBy(scan => scan.Digest);
    }

    private static async ValueTask<VulnerabilityScan> PredicateOfAsync(
        ScanEvidence scan, ReadReport report, Decision decision, CancellationToken cancellationToken)
    {
        var content = new byte[report.Report.Size];
        await using (var stream = report.Report.Open())
            await stream.ReadExactlyAsync(content, cancellationToken);

        // The scanner's own time where it tells one: a fresh envelope must not make an old scan look new.
        var time = scan.Time ?? decision.Time;
        return new VulnerabilityScan
        {
            ScannerUri = scan.Report.Scanner.Name,
            ScannerVersion = scan.Report.Scanner.Version,
            DatabaseVersion = scan.Report.DatabaseTime is { } database ? Text(database) : null,
            ScanStartedOn = time,
            ScanFinishedOn = time,
            Result = content,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["source"] = scan.Source.ToString().ToLowerInvariant(),
                ["binding"] = scan.Binding.ToString().ToLowerInvariant(),
                ["report"] = scan.Report.Digest.ToString(),
            },
        };
    }

    // "scan sha256:… trivy 0.58.1 submitted proven 2026-11-22T10:00:00Z database 2026-11-22T06:00:00Z"
    private static string Describe(DecisionEvidence line) => string.Join(
        ' ',
        new[]
        {
            line.Kind, line.Digest.ToString(), line.Producer, line.Source, line.Binding,
            line.Time is { } time ? Text(time) : null,
            line.DatabaseTime is { } database ? $"database {Text(database)}" : null,
        }.Where(part => !string.IsNullOrEmpty(part)));

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
