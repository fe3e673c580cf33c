// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Testing;

/// <summary>Makes the evidence of a case, by the readers and the binding that production uses.</summary>
internal sealed class TestEvidence(
    StandInKeys keys, TestFacts facts, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
{
    private readonly ImageSubject _subject = TestImageReader.ToSubject(facts.Image!);
    private readonly List<ScanEvidence> _scans = [];
    private readonly List<EvidenceProblem> _problems = [];

    private DateTimeOffset Time => facts.Time!.Value;

    /// <summary>What the attestor would have gathered for <paramref name="policy"/>.</summary>
    /// <exception cref="TestRefusal">The case cannot be put before the policies.</exception>
    internal EvidenceSet ForSigning(SigningPolicy policy)
    {
        var trusted = keys.Policies.KeysOf(policy.Evidence.Scanners.SelectMany(scanner => scanner.SignedBy));
        foreach (var report in facts.Reports ?? [])
        {
            var key = report.Signer is { } signer ? Find(signer) : null;
            // What nobody whom the policy names has signed lies beside the image unread.
            if (key is null || trusted.Contains(key.Public))
                AddScan(report, key?.Public);
        }

        var documents = new SubmittedDocuments(_subject, keys.Policies.KeysOf(policy.Vouchers));
        foreach (var document in facts.Documents ?? [])
            documents.Add(new SentDocument(document.Kind, Printable.Escape(document.File), Digest.Compute(files[document.File].Span), files[document.File]));

        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Fixture,
            Subject = _subject,
            Scans = _scans,
            Problems = [.. _problems, .. documents.Problems],
            Documents = documents.Documents,
            Statements = ReadAttestations(),
            ThreatData = ReadThreatData(),
        };
    }

    /// <summary>What the verifier would have gathered.</summary>
    /// <exception cref="TestRefusal">The case cannot be put before the policies.</exception>
    internal EvidenceSet ForAdmission() => new()
    {
        Origin = EvidenceOrigin.Fixture,
        Subject = _subject,
        Statements = [.. ReadAttestations(), .. (facts.Approvals ?? []).Select(Approve)],
        Signatures = [.. (facts.Signatures ?? []).Select(Sign)],
    };

    private void AddScan(TestReport report, PublicKey? key)
    {
        var name = Printable.Escape(report.File);
        var read = ScanReportReader.Read(files[report.File]);
        if (read.Report is not { } scan)
        {
            _problems.Add(new EvidenceProblem(read.Problem!.Reason, $"{name}: {read.Problem.Message}", IsError: false) { Evidence = read.Digest });
            return;
        }

        var binding = ReportBinding.Bind(scan, new BindingImage(
            _subject.Digest, _subject.IsIndex,
            [.. _subject.Platforms.Select(platform => new BindingPlatform(platform.Manifest.Digest, platform.Config, platform.Platform))]));
        if (binding.Covers is not { } covers)
        {
            _problems.Add(new EvidenceProblem(binding.Reason!, $"{name}: {binding.Message}", IsError: false)
            {
                Evidence = scan.Digest,
                Expected = binding.Expected,
                Actual = binding.Actual,
            });
            return;
        }

        _scans.Add(new ScanEvidence
        {
            Digest = scan.Digest,
            Report = scan,
            Source = key is null ? EvidenceSource.Submitted : EvidenceSource.Attested,
            SignedBy = key,
            // As in production: whoever signs a statement about an image says which one was scanned.
            Binding = binding.Kind == BindingKind.Proven || key is not null ? EvidenceBinding.Proven : EvidenceBinding.Asserted,
            Covers = covers,
            EnvelopeTime = report.Time,
        });
    }

    private List<StoredStatement> ReadAttestations() => [.. (facts.Attestations ?? []).Select(Attest)];

    private StoredStatement Attest(TestAttestation attestation)
    {
        var digest = attestation.Platform is { } platform ? Manifest(attestation, platform) : _subject.Digest;
        if (!StrictJson.TryParse(files[attestation.Predicate], out var predicate, out var malformed))
            throw new TestRefusal(attestation.Signer.Location, $"{Printable.Escape(attestation.Predicate)} is not strict JSON: {malformed}");

        using (predicate)
        {
            var payload = StatementWriter.Write(
                [StatementSubject.Of(digest, _subject.Repository)], attestation.Type, predicate.RootElement.WriteTo, files[attestation.Predicate].Length);
            return new StoredStatement(Find(attestation.Signer).Attest(payload, digest), StorageLayout.Bundle);
        }
    }

    private Digest Manifest(TestAttestation attestation, Platform platform) =>
        _subject.Platforms.FirstOrDefault(served => served.Platform == platform)?.Manifest.Digest
        ?? throw new TestRefusal(attestation.Signer.Location, $"the image has no platform {platform}");

    private StoredStatement Approve(TestApproval approval)
    {
        var attestor = approval.Signer.Attestor is { } name ? keys.Policies.FindAttestor(name) : null;
        var summary = new VerificationSummary
        {
            VerifierId = attestor?.VerifierId ?? "supplychain:attestor/stranger",
            TimeVerified = approval.Time,
            ResourceUri = new ImageResource(approval.Repository ?? _subject.Repository, _subject.Digest).ToString(),
            PolicyUri = "supplychain:policy/fixture",
            Result = approval.IsPassed ? VerificationResult.Passed : VerificationResult.Failed,
            VerifiedLevels = [approval.IsPassed ? "SUPPLYCHAIN_APPROVED" : "FAILED"],
            Extensions = approval.ValidUntil is { } end
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [ApprovalExtensions.ValidUntil] = Times.Show(end) }
                : new Dictionary<string, string>(StringComparer.Ordinal),
        };
        var payload = StatementWriter.Write(
            [StatementSubject.Of(_subject.Digest, approval.Repository ?? _subject.Repository)], PredicateTypes.VerificationSummary, summary.Write);
        return new StoredStatement(Find(approval.Signer).Attest(payload, _subject.Digest), StorageLayout.Bundle);
    }

    private StoredSignature Sign(TestSignature signature) => new(
        Find(signature.Signer).SignImage(signature.Repository ?? _subject.Repository, _subject.Digest), StorageLayout.Tag);

    private ThreatData ReadThreatData()
    {
        KnownExploitedCatalog? catalog = null;
        EpssScores? scores = null;
        if (facts.ThreatData?.KnownExploited is { } list && !KnownExploitedCatalog.TryRead(list, files[list], out catalog, out var malformed))
            throw new TestRefusal(malformed.Location, malformed.Message);
        if (facts.ThreatData?.Epss is { } csv && !EpssScores.TryRead(csv, files[csv], out scores, out malformed))
            throw new TestRefusal(malformed.Location, malformed.Message);

        return new ThreatData { KnownExploited = catalog, Epss = scores };
    }

    private StandInKey Find(TestSigner signer) => keys.Find(signer, Time) ?? throw new TestRefusal(
        signer.Location,
        string.Create(CultureInfo.InvariantCulture, $"there is no attestor {Printable.Escape(signer.Attestor)}; ")
        + Suggestion.For(signer.Attestor!, keys.Policies.Attestors.Select(attestor => attestor.Name)));
}

/// <summary>Why a case cannot be put before the policies.</summary>
internal sealed class TestRefusal(SourceLocation location, string message) : Exception(message)
{
    internal PolicyProblem Problem { get; } = new(location, ProblemSeverity.Error, message);
}
