// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// What a document's top level shows of its format. The order of members tells nothing, so the judgement waits for the
/// end of the document: exactly one format may be marked.
/// </summary>
internal sealed class FormatMarks
{
    private const int NamesShown = 8;
    private const int NameBytesShown = 100;

    private readonly List<string> _formats = [];
    private readonly List<string> _known = [];
    private readonly List<string> _unknown = [];
    private (string Written, string Name)? _variant;

    /// <summary>Whether the document is null, or an object or list of nothing.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>Whether the document is neither object nor list.</summary>
    public bool IsScalar { get; set; }

    /// <summary>A version that a document of another format gives, such as <c>2.1.0</c>.</summary>
    public string? Version { get; set; }

    /// <summary>A member was found that only documents of <paramref name="format"/> have.</summary>
    public void Mark(string format)
    {
        if (!_formats.Contains(format, StringComparer.Ordinal))
            _formats.Add(format);
    }

    /// <summary>A member of the top level was found.</summary>
    public void SeeTopLevel(string? known, ReadOnlySpan<byte> name)
    {
        if (known is not null)
            _known.Add(known);
        else if (_unknown.Count < NamesShown)
            _unknown.Add(Show(name));
    }

    /// <summary>A member was found that differs from one that is read only in letter case.</summary>
    public void SeeVariant(ReadOnlySpan<byte> written, string name)
    {
        if (_variant is null)
            _variant = (Show(written), name);
    }

    /// <summary>The one format of the document, if it is one of <paramref name="accepted"/>; otherwise why it is refused.</summary>
    public string? Decide(IReadOnlyList<string> accepted, out Refusal? refusal)
    {
        refusal = null;
        if (IsEmpty)
        {
            refusal = new Refusal(ReasonCode.ReportEmpty, "the report is an empty JSON value");
            return null;
        }

        if (FindDoubled() is { } doubled)
        {
            refusal = new Refusal(ReasonCode.ReportDuplicateMember, doubled);
            return null;
        }

        if (_formats is [var only] && accepted.Contains(only, StringComparer.Ordinal))
        {
            if (_variant is not { } variant)
                return only;

            refusal = new Refusal(
                ReasonCode.ReportDuplicateMember,
                $"the member '{variant.Written}' differs from '{variant.Name}' only in letter case, which some readers ignore");
            return null;
        }

        refusal = new Refusal(ReasonCode.ReportFormat, _formats switch
        {
            [] when IsScalar => "the report is a single value, not an object; send Trivy JSON or Grype JSON",
            [] => DescribeUnknown(),
            [var other] => $"this is {other}{DescribeVersion(other)}, which is not accepted yet; send Trivy JSON or Grype JSON",
            _ => $"the report can be read as {string.Join(" and as ", _formats)}; send one scanner's own output",
        });
        return null;
    }

    /// <summary>A member's name, safe to show, cut where it is long.</summary>
    public static string Show(ReadOnlySpan<byte> name) =>
        Printable.Escape(Encoding.UTF8.GetString(name[..Math.Min(name.Length, NameBytesShown)]));

    private string? FindDoubled()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in _known)
        {
            if (!names.TryAdd(name, name))
                return $"the members '{names[name]}' and '{name}' differ only in letter case, which some readers ignore";
        }

        return null;
    }

    // Elsewhere "version" is the version of the document, not of its format.
    private string DescribeVersion(string format) =>
        Version is not null && format is ("SARIF" or "CycloneDX") ? " " + Printable.Escape(Version) : "";

    private string DescribeUnknown()
    {
        var names = _known.Concat(_unknown).Take(NamesShown).ToList();
        return "the report is of no known format"
            + (names.Count == 0 ? "" : $" (its members: {string.Join(", ", names)})")
            + "; send Trivy JSON or Grype JSON";
    }
}
