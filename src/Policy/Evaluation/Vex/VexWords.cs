// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>What a decision says of VEX documents.</summary>
internal static class VexWords
{
    /// <summary>The document, who signed it, and every statement of it that set a finding aside.</summary>
    internal static DecisionEvidence Describe(JudgedVex vex, IReadOnlyList<AppliedStatement> applied)
    {
        var (evidence, document) = (vex.Evidence, vex.Evidence.Document);
        var statements = applied.OrderBy(statement => statement.Index).Select(Describe).Distinct(StringComparer.Ordinal);
        var notes = vex.Rejection is { } rejection
            ? [$"{rejection.Reason}: {rejection.Message}"]
            : applied.Count == 0
                ? []
                : (string[])[$"document {document!.Digest} by {Author(document)}", .. statements];
        return new DecisionEvidence
        {
            Digest = evidence.Digest,
            Kind = VouchingRule.Vex,
            Producer = vex.Attestor ?? Author(document),
            Source = evidence.Source == EvidenceSource.Attested ? "attested" : "submitted",
            SignedBy = evidence.Source == EvidenceSource.Attested ? evidence.SignedBy?.Id : null,
            Time = document?.Time,
            Used = applied.Count > 0,
            Note = notes.Length == 0 ? null : string.Join("; ", notes),
        };
    }

    /// <summary>The statement, its place and its time.</summary>
    internal static string Describe(AppliedStatement applied) => Describe(applied.Statement, applied.Index, applied.Time);

    /// <summary>A statement, its place and its time, if it has one.</summary>
    internal static string Describe(VexStatement statement, int index, DateTimeOffset? time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Printable.Escape(statement.Vulnerability)} {Word(statement.Status)} (statement {index} of {(time is { } made ? Times.Show(made) : "no time")})");

    private static string Author(VexDocument? document) =>
        string.IsNullOrWhiteSpace(document?.Author) ? "an author it does not name" : Printable.Escape(document.Author);

    private static string Word(VexStatus status) => status switch
    {
        VexStatus.NotAffected => "not_affected",
        VexStatus.Fixed => "fixed",
        VexStatus.Affected => "affected",
        VexStatus.UnderInvestigation => "under_investigation",
        _ => "unknown",
    };
}
