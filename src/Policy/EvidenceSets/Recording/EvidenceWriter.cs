// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Takes an evidence set apart into forms and pieces.</summary>
internal sealed class EvidenceWriter(List<RecordedPiece> pieces)
{
    internal EvidenceForm Write(EvidenceSet evidence)
    {
        // The report in a scan attestation is kept as a scan; its own bytes would be kept for nobody.
        var kept = evidence.Statements.Where(stored => stored.Statement.PredicateType is not PredicateTypes.VulnerabilityScan).ToList();
        var ids = evidence.Scans
            .SelectMany(scan => scan.Report.Findings.Concat(scan.Report.Suppressed.Select(suppressed => suppressed.Finding)))
            .SelectMany(FindingIds.All).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        return new EvidenceForm(
            evidence.Subject,
            Sort(evidence.Scans.Select(Write), EvidenceJson.Form.ScanForm),
            Sort(evidence.Vex, EvidenceJson.Form.VexEvidence),
            Write(evidence.ThreatData.KnownExploited, ids),
            Write(evidence.ThreatData.Epss, ids),
            Sort(kept.Select(Write), EvidenceJson.Form.StatementForm),
            Sort(evidence.Documents.Select(Write), EvidenceJson.Form.SentForm),
            [.. evidence.Statements.Except(kept).Select(stored => stored.Statement.PredicateType).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            evidence.BaseImages,
            EvidenceProblems.Sort(evidence.Unproven),
            EvidenceProblems.Sort(evidence.Problems));
    }

    private ScanForm Write(ScanEvidence scan) => new(
        scan.Digest,
        Add("scan", JsonSerializer.SerializeToUtf8Bytes(scan.Report, EvidenceJson.Form.ScanReport)),
        scan.Source, scan.SignedBy, scan.Binding, scan.Covers, scan.EnvelopeTime);

    private StatementForm Write(StoredStatement stored)
    {
        var (statement, isBundle) = (stored.Statement, !stored.Bundle.IsEmpty);
        return new StatementForm(
            statement.Digest, isBundle ? Add("bundle", stored.Bundle) : Add("statement", statement.Payload), isBundle,
            isBundle ? "" : Convert.ToBase64String(statement.Signature.Span), statement.Key, statement.Image, stored.Layout);
    }

    private SentForm Write(SubmittedDocument document) => new(document.Digest, document.Kind, Add("document", document.Content));

    private static CatalogForm? Write(KnownExploitedCatalog? catalog, IEnumerable<string> ids) => catalog is null
        ? null
        : new CatalogForm(catalog.Digest, catalog.Version, catalog.Released, catalog.Count, [.. ids.Where(catalog.Contains)]);

    private static ScoresForm? Write(EpssScores? scores, IEnumerable<string> ids) => scores is null
        ? null
        : new ScoresForm(
            scores.Digest, scores.Model, scores.Date, scores.Count,
            [.. ids.Where(id => scores.Find(id) is not null).Select(id => new ScoreForm(id, scores.Find(id)!.Value))]);

    private Digest Add(string form, ReadOnlyMemory<byte> content)
    {
        var piece = new RecordedPiece(form, content);
        if (!pieces.Exists(known => known.Digest == piece.Digest))
            pieces.Add(piece);
        return piece.Digest;
    }

    private static IReadOnlyList<T> Sort<T>(IEnumerable<T> items, JsonTypeInfo<T> type) =>
        [.. items.OrderBy(item => JsonSerializer.Serialize(item, type), StringComparer.Ordinal)];
}
