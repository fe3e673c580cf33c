// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Aws;
using SupplyChain.Scanning.Clair;
using SupplyChain.Scanning.CycloneDx;
using SupplyChain.Scanning.GitLab;
using SupplyChain.Scanning.Google;
using SupplyChain.Scanning.Grype;
using SupplyChain.Scanning.Harbor;
using SupplyChain.Scanning.InToto;
using SupplyChain.Scanning.Results;
using SupplyChain.Scanning.Sarif;
using SupplyChain.Scanning.Snyk;
using SupplyChain.Scanning.Trivy;
using SupplyChain.Scanning.TrivyOperator;

namespace SupplyChain.Scanning.Reading;

/// <summary>The formats: those that are read, and those that are known by a member but not read.</summary>
internal static class ReportFormats
{
    /// <summary>What documents that are no scans are called.</summary>
    public const string OpenVex = "OpenVEX", Csaf = "CSAF", CycloneDx = "CycloneDX", Spdx = "SPDX", Spdx3 = "SPDX 3";

    /// <summary>The accepted formats.</summary>
    public static readonly IReadOnlyList<ReportFormat> Accepted =
    [
        TrivyFormat.Format, GrypeFormat.Format, SarifFormat.Format, CycloneDxFormat.Format,
        HarborFormat.Format,
        EcrFormat.Format, InspectorFormat.Format, SecurityHubFormat.Format,
        ArtifactAnalysisFormat.Format,
        ClairFormat.Format, ClairLayerFormat.Format, KlarFormat.Format, ClairScannerFormat.Format,
        StatementFormat.Format, CosignPredicateFormat.Format,
        TrivyOperatorFormat.Format, SnykFormat.Format, ResultsFormat.Format, GitLabFormat.Format,
    ];

    private static readonly (string Member, string Format)[] Others =
    [
        ("spdxVersion", Spdx), ("@graph", Spdx3),
        ("statements", OpenVex), ("document", Csaf),
        ("payloadType", "a DSSE envelope"),
        ("ClusterName", "Trivy's Kubernetes report"),
    ];

    // Some tools write a list of their reports, or did before they had a schema.
    private static readonly (string Member, string Format)[] OtherElements =
    [
        ("Target", "a Trivy report of before its schema version 2"),
    ];

    private static readonly Dictionary<ReportFormat, Shape> Roots = Accepted.ToDictionary(format => format, MakeRoot);

    private static readonly Shape Unknown = MakeRoot(null);

    /// <summary>The names of the accepted formats, for a message.</summary>
    public static string Names { get; } = string.Join(", ", Accepted.Select(format => format.Name));

    /// <summary>
    /// A whole document of <paramref name="format"/>, in which the marks of all formats are seen; without a format nothing
    /// but the marks.
    /// </summary>
    public static Shape RootOf(ReportFormat? format) => format is null ? Unknown : Roots[format];

    private static Shape MakeRoot(ReportFormat? format)
    {
        var members = new MemberTable(
        [
            .. (format?.Members ?? []).Select(member => new Member(member.Name, member.Shape)),
            .. Accepted.SelectMany(other => Mark(other.Marks, other)),
            .. Others.Select(other => new Member(other.Member, Shape.Marker) { Marks = other.Format }),
        ]);
        var elements = new MemberTable(
        [
            .. format?.Element?.Members?.All ?? [],
            .. Accepted.SelectMany(other => Mark(other.ElementMarks, other)),
            .. OtherElements.Select(other => new Member(other.Member, Shape.Marker) { Marks = other.Format }),
        ]);
        return Shape.ObjectOrArray(members, (format?.Element ?? Shape.Object([])).With(elements).OrAnything())
            .Or((draft, ref value) =>
            {
                draft.Formats.IsEmpty = value.TokenType == JsonTokenType.Null;
                draft.Formats.IsScalar = true;
            });
    }

    /// <summary>The names of the formats that members of a document's top level mark, each once.</summary>
    public static string[] MarkedBy(JsonElement root)
    {
        var marks = Accepted.SelectMany(format => format.Marks.Select(mark => (Member: mark, Format: format.Name))).Concat(Others);
        return [.. marks.Where(mark => root.TryGetProperty(mark.Member, out _)).Select(mark => mark.Format).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<Member> Mark(IReadOnlyList<string> names, ReportFormat format) =>
        names.Select(name => new Member(name, Shape.Skipped) { Marks = format.Name });
}
