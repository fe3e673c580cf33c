// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Grype;
using SupplyChain.Scanning.Trivy;

namespace SupplyChain.Scanning.Reading;

/// <summary>What has been taken from a report so far, and why it is refused if it is.</summary>
internal sealed class ReportDraft
{
    private const int NotesKept = 16;

    private readonly TextPool _pool = new();
    private readonly List<string> _notes = [];
    private int _texts;
    private long _textLength;
    private int _rows;

    /// <summary>Which formats the document is of.</summary>
    public FormatMarks Formats { get; } = new();

    /// <summary>What only Trivy reports say.</summary>
    public TrivyFacts Trivy { get; } = new();

    /// <summary>What only Grype reports say.</summary>
    public GrypeFacts Grype { get; } = new();

    /// <summary>Live rows.</summary>
    public List<FindingRow> Live { get; } = [];

    /// <summary>Rows that the report sets aside.</summary>
    public List<FindingRow> Suppressed { get; } = [];

    /// <summary>The row being read.</summary>
    public FindingRow Row { get; private set; } = new();

    /// <summary>Whether a row names no vulnerability. It is judged last: the rows of a foreign scanner's look-alike name none.</summary>
    public bool HasRowWithoutId { get; private set; }

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Why the report is refused.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Refuses the report; the first reason stands.</summary>
    public void Refuse(ReasonCode reason, string message) => Refusal ??= new Refusal(reason, message);

    /// <summary>Refuses a value of another type than the format has there.</summary>
    public void RefuseType(JsonTokenType found, string expected)
    {
        var name = found switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => "text",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };
        Refuse(ReasonCode.ReportFormat, $"found {name} where {expected} belongs");
    }

    /// <summary>Remembers something that a reader should know; each once, and only the first few.</summary>
    public void Note(string note)
    {
        if (_notes.Count < NotesKept && !_notes.Contains(note, StringComparer.Ordinal))
            _notes.Add(note);
    }

    /// <summary>The text of a string, kept within the limits.</summary>
    public string Text(ref Utf8JsonReader value)
    {
        if (!IsWithinLength(ref value))
            return "";

        if (!value.ValueIsEscaped)
            return Keep(value.ValueSpan);

        var unescaped = ArrayPool<byte>.Shared.Rent(value.ValueSpan.Length);
        try
        {
            return Keep(unescaped.AsSpan(0, value.CopyString(unescaped)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    /// <summary>The time of a string or number; null, with a note, when it is none.</summary>
    public DateTimeOffset? Time(ref Utf8JsonReader value, string name)
    {
        DateTimeOffset time;
        switch (value.TokenType)
        {
            case JsonTokenType.String:
                var text = Text(ref value);
                if (ReportTime.TryParse(text, out time))
                    return time;
                if (text.Length > 0)
                    Note($"{name} '{Printable.Escape(text)}' is no time that could be used");
                return null;
            case JsonTokenType.Number:
                if (value.TryGetDouble(out var seconds) && ReportTime.TryFromSeconds(seconds, out time))
                    return time;
                Note($"{name} is a number that is no time");
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                Note($"{name} is not a time");
                return null;
        }
    }

    /// <summary>A row begins.</summary>
    public void BeginRow()
    {
        Row = new FindingRow();
        if (_rows == Limits.Findings)
            Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.Findings} findings");
        _rows++;
    }

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
    public void SetSeverity(ref Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.String)
            Row.SeverityWord = Text(ref value);
        else if (value.TokenType != JsonTokenType.Null)
            Row.SeverityWord = $"({value.TokenType.ToString().ToLower(CultureInfo.InvariantCulture)})";
    }

    /// <summary>Takes the versions that fix the current row.</summary>
    public void SetFixed(IReadOnlyList<string> versions)
    {
        Row.FixedVersion = string.Join(", ", versions);
        if (versions.Count > 1)
            Charge(Row.FixedVersion.Length);
    }

    /// <summary>The current row is complete and live.</summary>
    public void AddLive() => Add(Live);

    /// <summary>The current row is complete and set aside.</summary>
    public void AddSuppressed() => Add(Suppressed);

    private void Add(List<FindingRow> rows)
    {
        HasRowWithoutId |= Row.Id is null;

        // The id itself is often in the list of aliases.
        Row.Aliases?.RemoveAll(alias => string.Equals(alias, Row.Id, StringComparison.Ordinal));
        Row.Severity = SeverityWords.Read(Row.SeverityWord);
        if (Row.Severity == Severity.Unknown && !SeverityWords.SaysUnknown(Row.SeverityWord))
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

    private bool IsWithinLength(ref Utf8JsonReader value)
    {
        if (value.ValueSpan.Length <= Limits.ReportStringLength)
            return true;

        Refuse(ReasonCode.ReportLimit, $"a text is longer than {Limits.ReportStringLength} bytes");
        return false;
    }

    private string Keep(ReadOnlySpan<byte> utf8)
    {
        var text = _pool.Get(utf8, out var isNew);
        Charge(isNew ? text.Length : 0);
        return text;
    }

    private void Charge(int length)
    {
        _textLength += length;
        if (++_texts > Limits.ReportTexts || _textLength > Limits.ReportTextLength)
            Refuse(ReasonCode.ReportLimit, "the report holds more text than is kept");
    }
}

/// <summary>Why a report is refused.</summary>
internal sealed record Refusal(ReasonCode Reason, string Message);
