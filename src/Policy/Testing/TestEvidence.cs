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

    private DateTimeOffset Time => facts.Time!.Value;

    /// <summary>What the attestor would have gathered for <paramref name="policy"/>.</summary>
    /// <exception cref="TestRefusal">The case cannot be put before the policies.</exception>
    internal EvidenceSet ForSigning(SigningPolicy policy)
    {
        var gathering = new SigningGathering(_subject, policy, keys.Policies);
        foreach (var report in facts.Reports ?? [])
            gathering.Add(ScanReportReader.Read(files[report.File.Path]), Origin(report));
        foreach (var stored in ReadAttestations())
            gathering.Add(stored);
        foreach (var document in facts.Documents ?? [])
        {
            var content = files[document.File.Path];
            gathering.Add(new SentDocument(document.Kind, Printable.Escape(document.File.Path), Digest.Compute(content.Span), content));
        }


        var bases = (facts.BaseImages ?? []).Select(image => new BaseImage(image.Reference, TestImageReader.ToSubject(image)));
        return gathering.ToSet(EvidenceOrigin.Fixture, Time, [.. bases]) with { ThreatData = ReadThreatData() };
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

    private ScanOrigin Origin(TestReport report) => new(Printable.Escape(report.File.Path))
    {
        SignedBy = report.Signer is { } signer ? Find(signer).Public : null,
        Time = report.Time,
    };

    private List<StoredStatement> ReadAttestations() => [.. (facts.Attestations ?? []).Select(Attest)];

    private StoredStatement Attest(TestAttestation attestation)
    {
        var digest = attestation.Platform is { } platform ? Manifest(attestation, platform) : _subject.Digest;
        if (!StrictJson.TryParse(files[attestation.Predicate.Path], out var predicate, out var malformed))
            throw new TestRefusal(attestation.Signer.Location, $"{Printable.Escape(attestation.Predicate.Path)} is not strict JSON: {malformed}");

        using (predicate)
        {
            var payload = StatementWriter.Write(
                [StatementSubject.Of(digest, _subject.Repository)], attestation.Type, predicate.RootElement.WriteTo, files[attestation.Predicate.Path].Length);
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
        if (facts.ThreatData?.KnownExploited is { } list && !KnownExploitedCatalog.TryRead(list.Path, files[list.Path], out catalog, out var malformed))
            throw new TestRefusal(malformed.Location, malformed.Message);
        if (facts.ThreatData?.Epss is { } csv && !EpssScores.TryRead(csv.Path, files[csv.Path], out scores, out malformed))
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
