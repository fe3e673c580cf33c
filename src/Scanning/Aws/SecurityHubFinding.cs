// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>One finding as AWS Security Hub has it of all its products.</summary>
internal static class SecurityHubFinding
{
    private const string AcceptedVersion = "2018-10-08";

    private static readonly Shape Cvss = Shape.Object(
        [
            ("BaseScore", Shape.Anything((draft, ref value) =>
                Facts(draft).Score = (draft.Number(ref value, 10, "BaseScore"), Facts(draft).Score.Vector))),
            ("BaseVector", Shape.Text((draft, text) => Facts(draft).Score = (Facts(draft).Score.Score, text))),
        ],
        begin: draft => Facts(draft).Score = default,
        end: draft => draft.AddScore(Facts(draft).Score.Score, Facts(draft).Score.Vector));

    private static readonly Shape Package = Shape.Object(
        [
            ("Name", Shape.Text((draft, text) => Facts(draft).Package.Name = text)),
            ("Epoch", Shape.Text((draft, text) => Facts(draft).Package.Epoch = text)),
            ("Version", Shape.Text((draft, text) => Facts(draft).Package.Version = text)),
            ("Release", Shape.Text((draft, text) => Facts(draft).Package.Release = text)),
            ("PackageManager", Shape.Text((draft, text) => Facts(draft).Package.Manager = text)),
            ("FilePath", Shape.Text((draft, text) => Facts(draft).Package.FilePath = text)),
            ("FixedInVersion", Shape.Text((draft, text) => Facts(draft).Package.FixedIn = text)),
        ],
        begin: AwsFindings.BeginPackage);

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("Id", Shape.Text((draft, text) => draft.SetId(text))),
            ("RelatedVulnerabilities", Shape.Array(Shape.Text((draft, text) => draft.AddAlias(text)))),
            ("Cvss", Shape.Array(Cvss)),
            ("EpssScore", Shape.Anything((draft, ref value) => draft.AddEpss(draft.Number(ref value, 1, "EpssScore")))),
            ("FixAvailable", Shape.Text((draft, text) => Facts(draft).Vulnerability.IsFixAvailable = text is "YES")),
            ("LastKnownExploitAt", Shape.Anything((draft, ref value) =>
                draft.Row.IsKnownExploited |= value.TokenType != JsonTokenType.Null)),
            ("VulnerablePackages", Shape.Array(Package)),
        ],
        begin: AwsFindings.BeginVulnerability);

    private static readonly Shape Resource = Shape.Object(
        [
            ("Type", Shape.Text((draft, text) => Facts(draft).Resource.Type = text)),
            ("Id", Shape.Text((draft, text) => Facts(draft).Resource.Id = text)),
            ("Details", Shape.Object(
            [
                ("AwsEcrContainerImage", Shape.Object(
                    [("ImageDigest", Shape.Text((draft, text) => Facts(draft).Resource.Digest = text))])),
            ])),
        ],
        begin: AwsFindings.BeginResource);

    /// <summary>The finding.</summary>
    public static readonly Shape Finding = Shape.Object(
        [
            ("SchemaVersion", Shape.Text((draft, text) => Facts(draft).Finding.Version = text)),
            ("ProductArn", Shape.Text((draft, text) => Facts(draft).Finding.Arn = text)),
            ("ProductName", Shape.Text((draft, text) => Facts(draft).Finding.ProductName = text)),
            ("LastObservedAt", Shape.Anything((draft, ref value) => Facts(draft).Finding.LastObserved = draft.Time(ref value, "LastObservedAt"))),
            ("Severity", Label((finding, word) => finding.Severity = word)),
            ("FindingProviderFields", Shape.Object([("Severity", Label((finding, word) => finding.ProviderSeverity = word))])),
            ("RecordState", Shape.Text((draft, text) => Facts(draft).Finding.Status = text)),
            ("Workflow", Shape.Object([("Status", Shape.Text(TakeStatus))])),
            ("ProductFields", Shape.Object([("aws/inspector/FindingStatus", Shape.Text(TakeStatus))])),
            ("Resources", Shape.Array(Resource)),
            ("Vulnerabilities", Shape.Array(Vulnerability)),
        ],
        begin: AwsFindings.Begin,
        end: End);

    private static AwsFacts Facts(ReportDraft draft) => draft.Facts<AwsFacts>();

    private static Shape Label(Action<AwsFinding, string?> take) => Shape.Object(
        [("Label", Shape.Anything((draft, ref value) => take(Facts(draft).Finding, draft.SeverityWord(ref value))))]);

    private static void TakeStatus(ReportDraft draft, string status) => Facts(draft).Finding.IsSuppressed |= status is "SUPPRESSED";

    private static void End(ReportDraft draft)
    {
        var (facts, finding) = (Facts(draft), Facts(draft).Finding);
        facts.HasOtherVersion |= finding.Version is not AcceptedVersion;
        if (finding.Arn?.EndsWith("::product/aws/inspector", StringComparison.Ordinal) != true)
            facts.Foreign ??= finding.ProductName ?? finding.Arn ?? "";

        // Security Hub has no word for a vulnerability that was not rated yet, and puts it here.
        foreach (var vulnerability in finding.Vulnerabilities)
            vulnerability.Row.IsSeverityUnclear = SeverityWords.Read(finding.ProviderSeverity ?? finding.Severity) == Severity.Negligible;
        AwsFindings.End(draft, "AwsEcrContainerImage");
    }
}
