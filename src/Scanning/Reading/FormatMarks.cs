// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// What a document's top level shows of its format. The order of members tells nothing, so the judgement waits for the
/// end of the document: exactly one format may be marked, the one that it was read as.
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

    /// <summary>Why the document is refused although it was read to its end as one of <paramref name="format"/>; null when it is of that alone.</summary>
    /// <param name="format">The format that was found first; null when none was found in time.</param>
    public Refusal? Judge(ReportFormat? format)
    {
        if (IsEmpty)
            return new Refusal(ReasonCode.ReportEmpty, "the report is an empty JSON value");
        if (FindDoubled() is { } doubled)
            return new Refusal(ReasonCode.ReportDuplicateMember, doubled);

        return _formats switch
        {
            [] when IsScalar => Unaccepted("the report is a single value, not an object"),
            [] => Unaccepted(DescribeUnknown()),
            [var only] when only == format?.Name => _variant is { } variant
                ? new Refusal(
                    ReasonCode.ReportDuplicateMember,
                    $"the member '{variant.Written}' differs from '{variant.Name}' only in letter case, which some readers ignore")
                : null,
            [var only] when ReportFormats.Accepted.Any(accepted => accepted.Name == only) => new Refusal(
                ReasonCode.ReportLimit, $"what makes this {only} stands behind the first {Limits.ReportMarkBytes} bytes"),
            [var other] => Unaccepted($"this is {other}, which is not accepted"),
            _ => new Refusal(
                ReasonCode.ReportFormat, $"the report can be read as {string.Join(" and as ", _formats)}; send one scanner's own output"),
        };
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

    private string DescribeUnknown()
    {
        var names = _known.Concat(_unknown).Take(NamesShown).ToList();
        return "the report is of no known format" + (names.Count == 0 ? "" : $" (its members: {string.Join(", ", names)})");
    }

    private static Refusal Unaccepted(string what) => new(ReasonCode.ReportFormat, $"{what}; accepted are {ReportFormats.Names}");
}
