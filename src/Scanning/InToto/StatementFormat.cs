// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.InToto;

/// <summary>An in-toto statement, not signed, about a scan. What it is about is a claim of whoever sends it, as all else in a report.</summary>
internal static class StatementFormat
{
    private const string Name = "in-toto statement";

    private static readonly string[] StatementTypes = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

    // Older versions of cosign left the scheme out.
    private static readonly string[] ReportTypes =
        ["https://cosign.sigstore.dev/attestation/vuln/v1", "cosign.sigstore.dev/attestation/vuln/v1"];

    private static readonly string[] ListTypes =
        ["https://in-toto.io/attestation/vulns/v0.1", "https://in-toto.io/attestation/vulns/v0.2"];

    private static readonly Shape Subject = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => Last(draft).Name = text)),
            ("digest", Shape.Map(
                Shape.Text((draft, text) => AddDigest(Last(draft), text)),
                key: (draft, name) => Last(draft).Algorithm = name)),
        ],
        begin: draft =>
        {
            if (Facts(draft).Subjects.Count == Limits.ReportSubjects)
                draft.Refuse(ReasonCode.ReportLimit, $"the statement has more than {Limits.ReportSubjects} subjects");
            Facts(draft).Subjects.Add(new StatementSubject());
        });

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        IsWrapper = true,
        Marks = ["_type", "predicateType"],
        Members =
        [
            ("_type", Shape.Text((draft, text) => Facts(draft).Type = text)),
            ("predicateType", Shape.Text((draft, text) => Facts(draft).PredicateType = text)),
            ("subject", Shape.Array(Subject)),
            ("predicate", Shape.Object(ScanPredicate.Members).OrAnything()),
        ],
        Complete = Complete,
    };

    private static ScanPredicateFacts Facts(ReportDraft draft) => draft.Facts<ScanPredicateFacts>();

    private static StatementSubject Last(ReportDraft draft) => Facts(draft).Subjects[^1];

    private static void AddDigest(StatementSubject subject, string text)
    {
        if (subject.Algorithm is "sha256")
            subject.Sha256 = text;
    }

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (!StatementTypes.Contains(facts.Type, StringComparer.Ordinal))
            draft.Refuse(ReasonCode.ReportFormat, $"a statement of type '{Printable.Escape(facts.Type)}' is none of in-toto's");
        else if (ReportTypes.Contains(facts.PredicateType, StringComparer.Ordinal))
            return ScanPredicate.CompleteReport(draft, Name);
        else if (ListTypes.Contains(facts.PredicateType, StringComparer.Ordinal))
            return ScanPredicate.CompleteList(draft, "in-toto vulns predicate");
        else
        {
            draft.Refuse(
                ReasonCode.ReportFormat,
                $"this is a statement with a predicate of type '{Printable.Escape(facts.PredicateType)}', "
                + $"which is not accepted; accepted are {ReportFormats.Names}");
        }

        return null;
    }
}
