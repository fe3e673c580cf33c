// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// Finds what a document is to be read as: the format of the first mark, values passed over. It refuses nothing, because
/// the reading that follows starts again at the first byte and keeps to all rules.
/// </summary>
internal sealed class FormatDetection
{
    private static readonly Dictionary<string, ReportFormat> Marks = ByName(format => format.Marks);
    private static readonly Dictionary<string, ReportFormat> ElementMarks = ByName(format => format.ElementMarks);
    private static readonly int LongestMark = Marks.Keys.Concat(ElementMarks.Keys).Max(Encoding.UTF8.GetByteCount);

    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = Limits.Depth + 1 });
    private bool? _isList;

    /// <summary>The format, once a mark was found.</summary>
    public ReportFormat? Format { get; private set; }

    /// <summary>Whether nothing more will be found out.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The format of a document that is there as far as it is looked at.</summary>
    public static ReportFormat? Find(ReadOnlySpan<byte> content)
    {
        var detection = new FormatDetection();
        detection.Read(content[..Math.Min(content.Length, Limits.ReportMarkBytes)], isLast: content.Length <= Limits.ReportMarkBytes);
        return detection.Format;
    }

    /// <summary>Looks at <paramref name="window"/>, which follows the bytes consumed so far, and returns how many were consumed.</summary>
    public int Read(ReadOnlySpan<byte> window, bool isLast)
    {
        var reader = new Utf8JsonReader(window, isLast, _state);
        try
        {
            while (Format is null && reader.Read())
                Look(ref reader);
            IsOver |= isLast || Format is not null;
        }
        catch (JsonException)
        {
            // What is malformed is found, and described, by the reading that follows.
            IsOver = true;
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void Look(ref Utf8JsonReader reader)
    {
        _isList ??= reader.TokenType == JsonTokenType.StartArray;
        if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == (_isList.Value ? 2 : 1)
            && ReadName(ref reader) is { } name)
        {
            Format = (_isList.Value ? ElementMarks : Marks).GetValueOrDefault(name);
        }
    }

    // An escape takes at most six bytes for one.
    private static string? ReadName(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 6 * LongestMark && JsonRules.ArePaired(reader.ValueSpan) && Utf8.IsValid(reader.ValueSpan)
            ? reader.GetString()
            : null;

    private static Dictionary<string, ReportFormat> ByName(Func<ReportFormat, IReadOnlyList<string>> marks) => ReportFormats.Accepted
        .SelectMany(format => marks(format).Select(mark => (mark, format)))
        .ToDictionary(pair => pair.mark, pair => pair.format, StringComparer.Ordinal);
}
