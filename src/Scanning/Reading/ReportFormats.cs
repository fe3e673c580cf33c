// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Grype;
using SupplyChain.Scanning.Trivy;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// The top level of a document. The accepted formats share no member there, so both are read side by side, and the
/// formats that are known but not accepted are told by a member that only they have.
/// </summary>
internal static class ReportFormats
{
    private static readonly (string Member, string Format)[] Others =
    [
        ("runs", "SARIF"),
        ("bomFormat", "CycloneDX"), ("spdxVersion", "SPDX"), ("@graph", "SPDX 3"),
        ("statements", "OpenVEX"), ("document", "CSAF"),
        ("payloadType", "a DSSE envelope"), ("predicateType", "an in-toto statement"),
        ("invocation", "cosign's vulnerability predicate"),
        ("ClusterName", "Trivy's Kubernetes report"),
        ("kind", "a Kubernetes object, such as Trivy operator's VulnerabilityReport"),
        ("generated_at", "Harbor's report"),
        ("application/vnd.security.vulnerability.report; version=1.1", "Harbor's report"),
        ("application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0", "Harbor's report"),
        ("imageScanFindings", "Amazon ECR's report"), ("findings", "Amazon Inspector's report"),
        ("Findings", "AWS Security Hub's findings"),
        ("occurrences", "Google Artifact Analysis' report"),
        ("package_vulnerability_summary", "Google Artifact Analysis' report"),
        ("manifest_hash", "Clair 4's report"), ("Layer", "Clair's report"), ("LayerCount", "klar's report"),
        ("unapproved", "clair-scanner's report"),
        ("packageManager", "Snyk's report"), ("results", "osv-scanner's or twistcli's report"),
        ("scan", "GitLab's report"),
    ];

    // Some tools write a list of their reports, or did before they had a schema.
    private static readonly Shape Element = Shape.Object(
        [
            ("Target", Shape.Marker("a Trivy report of before its schema version 2")),
            ("noteName", Shape.Marker("Google Artifact Analysis' report")),
            ("packageManager", Shape.Marker("Snyk's report")),
        ])
        .OrAnything();

    private static readonly Shape Version = Shape.Anything((draft, ref value) =>
    {
        if (value.TokenType == JsonTokenType.String)
            draft.Formats.Version ??= draft.Text(ref value);
    });

    /// <summary>The whole document.</summary>
    public static readonly Shape Root = Shape.ObjectOrArray(
        [
            .. TrivyFormat.Members, .. GrypeFormat.Members,
            .. Others.Select(other => (other.Member, Shape.Marker(other.Format))),
            ("version", Version), ("specVersion", Version),
        ],
        Element)
        .Or((draft, ref value) =>
        {
            draft.Formats.IsEmpty = value.TokenType == JsonTokenType.Null;
            draft.Formats.IsScalar = true;
        });

    /// <summary>Makes a report of a document that was read to its end, or says why it is none.</summary>
    public static bool TryComplete(
        ReportDraft draft, Digest digest, long size, [NotNullWhen(true)] out ScanReport? report,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        report = draft.Formats.Decide([TrivyFormat.Name, GrypeFormat.Name], out refusal) switch
        {
            TrivyFormat.Name => TrivyFormat.Complete(draft, digest, size),
            GrypeFormat.Name => GrypeFormat.Complete(draft, digest, size),
            _ => null,
        };
        refusal ??= draft.Refusal;
        return report is not null;
    }
}
