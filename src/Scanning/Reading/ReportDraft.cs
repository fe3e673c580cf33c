// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>What has been taken from a report so far, and why it is refused if it is.</summary>
internal sealed partial class ReportDraft
{
    private const int SentencesKept = 16;

    private readonly List<string> _notes = [];
    private readonly List<string> _errors = [];
    private Digest? _digest;
    private long _size;
    private object? _facts;

    /// <summary>Which formats the document is of.</summary>
    public FormatMarks Formats { get; } = new();

    /// <summary>Live rows.</summary>
    public List<FindingRow> Live { get; } = [];

    /// <summary>Rows that the report sets aside.</summary>
    public List<FindingRow> Suppressed { get; } = [];

    /// <summary>The row being read.</summary>
    public FindingRow Row { get; private set; } = new();

    /// <summary>Whether a row names no vulnerability. It is judged last: the rows of a foreign scanner's look-alike name none.</summary>
    public bool HasRowWithoutId { get; private set; }

    /// <summary>Secrets, misconfigurations and licence findings.</summary>
    public List<OtherRow> Others { get; } = [];

    /// <summary>The report that stands inside this document, while it is read; null when there is none.</summary>
    public InnerReading? Inner { get; private set; }

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

    /// <summary>What the format being read says beside its rows; each format has a type of its own for it.</summary>
    public T Facts<T>()
        where T : class, new() => (T)(_facts ??= new T());

    /// <summary>Remembers something that a reader should know; each once, and only the first few.</summary>
    public void Note(string note) => Remember(_notes, note);

    /// <summary>
    /// Remembers, in a few words that are safe to show, that the scan failed or is not whole. Such a report is no scan,
    /// whatever it lists.
    /// </summary>
    public void AddError(string error) => Remember(_errors, error);

    /// <summary>Adds a digest by which the report names its image, or a name with one; empty ones count as none.</summary>
    public void AddDigest(List<string> digests, string text)
    {
        if (digests.Count == Limits.ReportSubjects)
            Refuse(ReasonCode.ReportLimit, $"the report names more than {Limits.ReportSubjects} digests");
        else if (text.Length > 0)
            digests.Add(text);
    }

    /// <summary>Adds such a digest that the report repeats with its findings.</summary>
    public void AddDigestOnce(List<string> digests, string text)
    {
        if (!digests.Contains(text, StringComparer.Ordinal))
            AddDigest(digests, text);
    }

    /// <summary>A report inside the document begins.</summary>
    public InnerReading BeginInner() => Inner = new InnerReading();

    /// <summary>The document was read to its end.</summary>
    public ReportDraft Close(Digest digest, long size)
    {
        (_digest, _size) = (digest, size);
        return this;
    }

    /// <summary>The report of what was taken, to which the format adds time, subjects and platform.</summary>
    public ScanReport ToReport(ScannerIdentity scanner, string format, Coverage coverage) => new()
    {
        Scanner = scanner,
        Format = format,
        Coverage = _errors.Count == 0 ? coverage : coverage with
        {
            Vulnerabilities = VulnerabilityCoverage.NotScanned,
            Because = _errors[0],
            Errors = _errors,
        },
        Findings = FindingFold.Fold(Live),
        Suppressed = FindingFold.SetAside(Suppressed),
        OtherFindings = [.. Others.Select(row => row.ToFinding())],
        Rows = Live.Count,
        Notes = _notes,
        Digest = _digest!,
        Size = _size,
    };

    /// <summary>The report that stands inside, as one of the whole document: what proves its bytes is the digest of those that came.</summary>
    public ScanReport Wrap(ScanReport inner) => inner with { Notes = [.. inner.Notes, .. _notes], Digest = _digest!, Size = _size };

    private static void Remember(List<string> sentences, string sentence)
    {
        if (sentences.Count < SentencesKept && !sentences.Contains(sentence, StringComparer.Ordinal))
            sentences.Add(sentence);
    }
}

/// <summary>Why a report is refused.</summary>
internal sealed record Refusal(ReasonCode Reason, string Message);
