// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <content>The rows as they are read.</content>
internal sealed partial class ReportDraft
{
    private int _rows;

    /// <summary>A row begins.</summary>
    public void BeginRow()
    {
        Row = new FindingRow();
        if (_rows == Limits.Findings)
            Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.Findings} findings");
        _rows++;
    }

    /// <summary>Goes on with a row that was begun before, for what can be told only later.</summary>
    public void Resume(FindingRow row) => Row = row;

    /// <summary>Takes the id of the current row.</summary>
    public void SetId(string text)
    {
        if (text.Length > 0)
            Row.Id = ReadId(text);
    }

    /// <summary>Adds another id of the current row.</summary>
    public void AddAlias(string text)
    {
        if (text.Length > 0 && ReadId(text) is { } id)
            AddTo(Row.Aliases ??= [], id, "aliases");
    }

    /// <summary>Adds a place where the current row was found.</summary>
    public void AddLocation(string text)
    {
        if (text.Length > 0)
            AddTo(Row.Locations ??= [], text, "locations");
    }

    /// <summary>Adds a text to a list of the current row, unless it repeats the last one.</summary>
    public void AddTo(List<string> list, string text, string what)
    {
        if (list.Count == Limits.AliasesPerFinding)
            Refuse(ReasonCode.ReportLimit, $"a finding has more than {Limits.AliasesPerFinding} {what}");
        else if (list.Count == 0 || !string.Equals(list[^1], text, StringComparison.Ordinal))
            list.Add(text);
    }

    /// <summary>Takes the severity of the current row; a value that is no text is an unknown severity.</summary>
    public void SetSeverity(ref Utf8JsonReader value) => Row.SeverityWord = SeverityWord(ref value) ?? Row.SeverityWord;

    /// <summary>Takes the versions that fix the current row.</summary>
    public void SetFixed(IReadOnlyList<string> versions)
    {
        Row.FixedVersion = string.Join(", ", versions);
        if (versions.Count > 1)
            Charge(Row.FixedVersion.Length);
    }

    /// <summary>Takes a CVSS base score of the current row; the highest is kept.</summary>
    public void AddScore(double? score, string? vector)
    {
        if (score is { } number && (Row.Cvss is null || number > Row.Cvss.Score))
            Row.Cvss = new CvssScore(number, string.IsNullOrEmpty(vector) ? null : vector);
    }

    /// <summary>Takes an EPSS probability of the current row; the highest is kept.</summary>
    public void AddEpss(double? probability)
    {
        if (Row.Epss is null || probability > Row.Epss)
            Row.Epss = probability;
    }

    /// <summary>Takes a time at which a fix of the current row became available; the earliest is kept.</summary>
    public void AddFixedSince(DateTimeOffset? time)
    {
        if (Row.FixedSince is null || time < Row.FixedSince)
            Row.FixedSince = time;
    }

    /// <summary>The current row is complete and live.</summary>
    public void AddLive() => Add(Live);

    /// <summary>The current row is complete and set aside.</summary>
    public void AddSuppressed() => Add(Suppressed);

    /// <summary>A finding that is no vulnerability begins.</summary>
    public OtherRow AddOther(OtherFindingKind kind)
    {
        if (Others.Count == Limits.OtherFindings)
            Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.OtherFindings} secrets, misconfigurations and licences");
        var row = new OtherRow(kind);
        Others.Add(row);
        return row;
    }

    /// <summary>How many findings of a kind there are that are not set aside.</summary>
    public int CountOthers(OtherFindingKind kind) => Others.Count(row => row.Kind == kind && !row.IsSetAside);

    /// <summary>The word for a severity, whatever stands there; a value that is no text is a word of no table.</summary>
    public string? SeverityWord(ref Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.String => Text(ref value),
        JsonTokenType.Null => null,
        _ => $"({value.TokenType.ToString().ToLower(CultureInfo.InvariantCulture)})",
    };

    private void Add(List<FindingRow> rows)
    {
        HasRowWithoutId |= Row.Id is null;

        // The id itself is often in the list of aliases.
        Row.Aliases?.RemoveAll(alias => string.Equals(alias, Row.Id, StringComparison.Ordinal));
        Row.Severity = Row.IsSeverityUnclear ? Severity.Unknown : SeverityWords.Read(Row.SeverityWord);
        if (Row.Severity == Severity.Unknown && !Row.IsSeverityUnclear && !SeverityWords.SaysUnknown(Row.SeverityWord))
            Note($"the severity '{Printable.Escape(Row.SeverityWord)}' is no word of the table");
        rows.Add(Row);
    }

    private string? ReadId(string text)
    {
        var id = FindingId.Canonicalise(text);
        if (id is null)
            Refuse(ReasonCode.ReportFormat, $"'{Printable.Escape(text)}' is not an id of a vulnerability");
        return id;
    }
}
