// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>One finding of ECR's basic scan. It says nothing of a fix, and the most in attributes.</summary>
internal static class EcrFinding
{
    private static readonly Shape Attribute = Shape.Object(
        [
            ("key", Shape.Text((draft, text) => Facts(draft).Attribute = (text, Facts(draft).Attribute.Value))),
            ("value", Shape.Text((draft, text) => Facts(draft).Attribute = (Facts(draft).Attribute.Key, text))),
        ],
        begin: draft => Facts(draft).Attribute = default,
        end: Take);

    /// <summary>The finding.</summary>
    public static readonly Shape Finding = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => draft.SetId(text))),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("attributes", Shape.Array(Attribute)),
        ],
        begin: draft =>
        {
            draft.BeginRow();
            draft.Row.IsFixUnknown = true;
            Facts(draft).Findings++;
            Facts(draft).BasicFindings++;
            Facts(draft).Vectors.Clear();
            Facts(draft).Scores.Clear();
        },
        end: draft =>
        {
            // Score and vector of one version of the standard are two attributes.
            foreach (var (version, score) in Facts(draft).Scores)
                draft.AddScore(score, Facts(draft).Vectors.GetValueOrDefault(version));
            draft.AddLive();
        });

    private static AwsFacts Facts(ReportDraft draft) => draft.Facts<AwsFacts>();

    private static void Take(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Attribute is not ({ } key, { } value))
            return;

        switch (key)
        {
            case "package_name":
                draft.Row.PackageName = value;
                break;
            case "package_version":
                draft.Row.PackageVersion = value;
                break;
            case "CVSS2_SCORE" or "CVSS3_SCORE" or "CVSS4_SCORE":
                facts.Scores[key[..5]] = draft.Number(value, 10, key);
                break;
            case "CVSS2_VECTOR" or "CVSS3_VECTOR" or "CVSS4_VECTOR":
                facts.Vectors[key[..5]] = value;
                break;
            default:
                break;
        }
    }
}
