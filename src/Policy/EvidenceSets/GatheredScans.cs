// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Where a scan report came from.</summary>
/// <param name="Name">What to call it in messages, safe to show.</param>
public sealed record ScanOrigin(string Name)
{
    /// <summary>The key that signed the statement it was inside of; null when only the sender vouches for it.</summary>
    public PublicKey? SignedBy { get; init; }

    /// <summary>The digest of the envelope it was inside of, if it was.</summary>
    public Digest? Envelope { get; init; }

    /// <summary>The manifest or index that the statement around it is about, if there is one.</summary>
    public Digest? Image { get; init; }

    /// <summary>When the envelope around it says it was made.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>Scan reports as they are bound to one image, and why the others are not.</summary>
public sealed class GatheredScans(ImageSubject subject)
{
    private readonly BindingImage _image = subject.ToBindingImage();

    /// <summary>The image.</summary>
    public ImageSubject Subject => subject;

    /// <summary>The reports that are about it.</summary>
    public List<ScanEvidence> Scans { get; } = [];

    /// <summary>The statements that were added.</summary>
    public List<StoredStatement> Statements { get; } = [];

    /// <summary>Why the others are not.</summary>
    public List<EvidenceProblem> Problems { get; } = [];

    /// <summary>Adds a scan attestation: what it says about its subject and what the report inside says must agree.</summary>
    public void Add(StoredStatement stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        Statements.Add(stored);
        var statement = stored.Statement;
        var name = $"scan attestation {statement.Digest}";
        if (!VulnerabilityScan.TryRead(statement, out var scan, out var problem))
        {
            Problems.Add(new EvidenceProblem(problem.Reason, $"{name}: {problem.Message}", IsError: false)
            {
                Evidence = statement.Digest,
                Expected = problem.Expected,
                Actual = problem.Actual,
            });
            return;
        }

        Add(ScanReportReader.Read(scan.Result), new ScanOrigin(name)
        {
            SignedBy = statement.Key,
            Envelope = statement.Digest,
            Image = statement.Image,
            Time = Oldest(scan.ScanStartedOn, scan.ScanFinishedOn),
        });
    }

    /// <summary>Adds a report, or the reason why it is none about the image.</summary>
    public void Add(ScanReportResult read, ScanOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(origin);
        if (read.Report is not { } report)
        {
            Problems.Add(new EvidenceProblem(read.Problem!.Reason, $"{origin.Name}: {read.Problem.Message}", IsError: false)
            {
                Evidence = read.Digest,
            });
            return;
        }

        var binding = ReportBinding.Bind(report, _image);
        if (binding.Kind == BindingKind.Refused || ContradictsStatement(origin, binding))
        {
            Problems.Add(new EvidenceProblem(
                binding.Reason ?? ReasonCode.ReportSubjectMismatch, $"{origin.Name}: {binding.Message}", IsError: false)
            {
                Evidence = report.Digest,
                Expected = binding.Expected,
                Actual = binding.Actual,
            });
            return;
        }

        Scans.Add(new ScanEvidence
        {
            Digest = origin.Envelope ?? report.Digest,
            Report = report,
            Source = origin.SignedBy is null ? EvidenceSource.Submitted : EvidenceSource.Attested,
            SignedBy = origin.SignedBy,
            // Inside a verified statement the signer, not the sender, says which image was scanned.
            Binding = binding.Kind == BindingKind.Proven || origin.SignedBy is not null
                ? EvidenceBinding.Proven
                : EvidenceBinding.Asserted,
            Covers = binding.Covers!,
            EnvelopeTime = origin.Time,
        });
    }

    /// <summary>
    /// Of one scanner's attestations for one platform only the newest counts: older ones stay beside the image for ever
    /// and say what was true then. Two of one time, and one that tells no time, are not older than another. One that nobody
    /// trusted vouches for does not count and replaces none that does.
    /// </summary>
    public void KeepNewestAttested(Func<ScanEvidence, bool> isVouched)
    {
        var attested = Scans.Where(scan => scan.Source == EvidenceSource.Attested && isVouched(scan)).ToList();
        var older = attested
            .GroupBy(scan => (scan.Covers, scan.Report.Scanner.Name))
            .SelectMany(group => group.Where(scan => scan.Time < group.Max(other => other.Time)))
            .ToHashSet();
        Scans.RemoveAll(older.Contains);
    }

    private static DateTimeOffset? Oldest(DateTimeOffset? started, DateTimeOffset? finished) =>
        started is { } a && finished is { } b ? (a < b ? a : b) : started ?? finished;

    // A statement about one platform cannot carry the report of another.
    private bool ContradictsStatement(ScanOrigin origin, BindingResult binding) =>
        origin.Image is { } image && image != subject.Digest && image != binding.Covers;
}
