// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>One finding of Amazon Inspector, as its own API and that of ECR write it.</summary>
internal static class InspectorFinding
{
    private static readonly Shape Cvss = Shape.Object(
        [
            ("baseScore", Shape.Anything((draft, ref value) =>
                Facts(draft).Score = (draft.Number(ref value, 10, "baseScore"), Facts(draft).Score.Vector))),
            ("scoringVector", Shape.Text((draft, text) => Facts(draft).Score = (Facts(draft).Score.Score, text))),
        ],
        begin: draft => Facts(draft).Score = default,
        end: draft => draft.AddScore(Facts(draft).Score.Score, Facts(draft).Score.Vector));

    private static readonly Shape Package = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => Facts(draft).Package.Name = text)),
            ("epoch", Shape.Anything((draft, ref value) => Facts(draft).Package.Epoch = Epoch(draft, ref value))),
            ("version", Shape.Text((draft, text) => Facts(draft).Package.Version = text)),
            ("release", Shape.Text((draft, text) => Facts(draft).Package.Release = text)),
            ("packageManager", Shape.Text((draft, text) => Facts(draft).Package.Manager = text)),
            ("filePath", Shape.Text((draft, text) => Facts(draft).Package.FilePath = text)),
            ("fixedInVersion", Shape.Text((draft, text) => Facts(draft).Package.FixedIn = text)),
        ],
        begin: AwsFindings.BeginPackage);

    private static readonly Shape Details = Shape.Object(
        [
            ("vulnerabilityId", Shape.Text((draft, text) => draft.SetId(text))),
            ("relatedVulnerabilities", Shape.Array(Shape.Text((draft, text) => draft.AddAlias(text)))),
            ("cvss", Shape.Array(Cvss)),
            ("vulnerablePackages", Shape.Array(Package)),
        ],
        begin: AwsFindings.BeginVulnerability);

    private static readonly Shape Resource = Shape.Object(
        [
            ("type", Shape.Text((draft, text) => Facts(draft).Resource.Type = text)),
            ("id", Shape.Text((draft, text) => Facts(draft).Resource.Id = text)),
            ("details", Shape.Object(
            [
                ("awsEcrContainerImage", Shape.Object(
                    [("imageHash", Shape.Text((draft, text) => Facts(draft).Resource.Digest = text))])),
            ])),
        ],
        begin: AwsFindings.BeginResource);

    /// <summary>The finding.</summary>
    public static readonly Shape Finding = Shape.Object(
        [
            ("findingArn", Shape.Text((draft, text) => Facts(draft).Finding.Arn = text)),
            ("severity", Shape.Anything((draft, ref value) => Facts(draft).Finding.Severity = draft.SeverityWord(ref value))),
            ("status", Shape.Text((draft, text) =>
                (Facts(draft).Finding.Status, Facts(draft).Finding.IsSuppressed) = (text, text is "SUPPRESSED"))),
            ("lastObservedAt", Shape.Anything((draft, ref value) => Facts(draft).Finding.LastObserved = draft.Time(ref value, "lastObservedAt"))),
            ("fixAvailable", Shape.Text((draft, text) => Facts(draft).Finding.IsFixAvailable = text is "YES")),
            ("epss", Shape.Object(
                [("score", Shape.Anything((draft, ref value) => Facts(draft).Finding.Epss = draft.Number(ref value, 1, "the EPSS score")))])),
            ("exploitabilityDetails", Shape.Object(
                [("lastKnownExploitAt", Shape.Anything((draft, ref value) => Facts(draft).Finding.IsExploited |= value.TokenType != JsonTokenType.Null))])),
            ("packageVulnerabilityDetails", Details),
            ("resources", Shape.Array(Resource)),
        ],
        begin: AwsFindings.Begin,
        end: draft =>
        {
            if (Facts(draft).Finding.Arn?.Split(':') is not ["arn", _, "inspector2", ..])
                Facts(draft).Foreign ??= Facts(draft).Finding.Arn ?? "";
            AwsFindings.End(draft, "AWS_ECR_CONTAINER_IMAGE");
        });

    private static AwsFacts Facts(ReportDraft draft) => draft.Facts<AwsFacts>();

    private static string? Epoch(ReportDraft draft, ref Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.String => draft.Text(ref value),
        JsonTokenType.Number => draft.Text(value.ValueSpan),
        _ => null,
    };
}
