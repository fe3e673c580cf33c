// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// Walks a JSON document that arrives in pieces, hands what the shapes name to the draft, and refuses whatever is not
/// strict JSON within the limits. It keeps nothing of what no shape names but the fingerprints of open objects' names.
/// </summary>
internal sealed partial class ReportParser(Shape root, ReportDraft draft) : IDisposable
{
    private readonly MemberNames _names = new();
    private readonly Frame[] _frames = new Frame[Limits.Depth + 1];

    // One level more than accepted, so that going over is told apart from not being JSON.
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = Limits.Depth + 1 });
    private int _depth;
    private long _tokens;

    /// <summary>Why the document is refused; nothing more is read then.</summary>
    public ReportProblem? Problem { get; private set; }

    /// <summary>Reads every whole token of <paramref name="window"/>.</summary>
    /// <param name="window">What follows the bytes consumed so far; valid UTF-8.</param>
    /// <param name="start">The window's place in the document.</param>
    /// <param name="isLast">Whether the document ends with the window.</param>
    /// <returns>How many bytes were consumed; the rest belongs to a token that is not complete.</returns>
    public int Read(ReadOnlySpan<byte> window, long start, bool isLast)
    {
        if (_tokens == 0)
            _frames[0].Next = root;

        var reader = new Utf8JsonReader(window, isLast, _state);
        _innerStart = 0;
        try
        {
            while (reader.Read())
            {
                _tokens++;
                Take(ref reader);
                if (_inner == Inner.Over)
                    EndInner(window[..(int)reader.BytesConsumed]);
                if (draft.Refusal is { } refusal)
                {
                    Problem = new ReportProblem(refusal.Reason, refusal.Message + Where(), start + reader.TokenStartIndex);
                    break;
                }
            }
        }
        catch (JsonException malformed)
        {
            Problem = Describe(malformed, window[(int)reader.BytesConsumed..], start + reader.BytesConsumed);
        }

        if (_inner == Inner.Open && Problem is null)
            draft.Inner!.Add(window[_innerStart..(int)reader.BytesConsumed], isLast: false);
        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <inheritdoc/>
    public void Dispose() => _names.Dispose();

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                TakeName(ref reader);
                break;
            case JsonTokenType.StartObject:
                TakeStart(ref reader, isObject: true);
                break;
            case JsonTokenType.StartArray:
                TakeStart(ref reader, isObject: false);
                break;
            case JsonTokenType.EndObject:
                _names.Close();
                TakeEnd();
                break;
            case JsonTokenType.EndArray:
                TakeEnd();
                break;
            default:
                TakeValue(ref reader);
                break;
        }
    }

    private void TakeName(ref Utf8JsonReader reader)
    {
        var written = reader.ValueSpan;
        if (written.Length > Limits.ReportTokenBytes)
            RefuseLength();
        else if (!reader.ValueIsEscaped)
            TakeName(written);
        else if (JsonRules.ArePaired(written))
            TakeEscapedName(ref reader);
        else
            RefuseUnpaired();
    }

    private void TakeEscapedName(ref Utf8JsonReader reader)
    {
        var unescaped = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            TakeName(unescaped.AsSpan(0, reader.CopyString(unescaped)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    private void TakeName(ReadOnlySpan<byte> name)
    {
        ref var frame = ref _frames[_depth];
        frame.Member = null;
        switch (_names.Add(Fingerprint.Of(name)))
        {
            case MemberNames.Added.Twice:
                draft.Refuse(
                    ReasonCode.ReportDuplicateMember, $"the member '{FormatMarks.Show(name)}' comes twice in one object");
                return;
            case MemberNames.Added.TooMany:
                draft.Refuse(
                    ReasonCode.ReportLimit, $"an object has more than {Limits.ReportObjectMembers} members");
                return;
            default:
                break;
        }

        if (frame.Members is null)
        {
            if (frame.Shape is { IsMap: true } map)
                TakeKey(map, name);
            return;
        }

        frame.Member = frame.Members.Find(name, out var variant);
        frame.Next = frame.Member?.Shape;
        if (frame.Member?.Marks is { } format)
            draft.Formats.Mark(format);
        if (_depth == 1)
            draft.Formats.SeeTopLevel(frame.Member?.Name, name);
        if (variant is { Shape.IsMarker: false })
            draft.Formats.SeeVariant(name, variant.Name);
    }

    private void TakeKey(Shape map, ReadOnlySpan<byte> name)
    {
        map.Key?.Invoke(draft, draft.Text(name));
        _frames[_depth].Next = map.Item;
    }

    private void TakeStart(ref Utf8JsonReader reader, bool isObject)
    {
        if (_depth == Limits.Depth)
        {
            draft.Refuse(ReasonCode.ReportLimit, $"the report is nested deeper than {Limits.Depth} levels");
            return;
        }

        if (isObject)
            _names.Open();

        var shape = _frames[_depth].Next;
        if (shape is not null)
        {
            if (isObject ? shape.Members is not null || shape.IsMap : shape.IsArray)
            {
                shape.Begin?.Invoke(draft);
                if (shape.IsReport)
                    BeginInner((int)reader.TokenStartIndex);
            }
            else if (shape.IsLenient)
            {
                shape.Value?.Invoke(draft, ref reader);
                shape = null;
            }
            else
            {
                draft.RefuseType(reader.TokenType, shape.Expected);
                return;
            }
        }

        ref var frame = ref _frames[++_depth];
        frame.Shape = shape;
        frame.Members = isObject ? shape?.Members : null;
        frame.Member = null;
        frame.Next = isObject ? null : shape?.Item;
    }

    private void TakeEnd()
    {
        ref var frame = ref _frames[_depth--];
        frame.Shape?.End?.Invoke(draft);
        if (frame.Shape is { IsReport: true })
            _inner = Inner.Over;
        if (_depth == 0 && _tokens == 2)
            draft.Formats.IsEmpty = true;
    }

    private void TakeValue(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > Limits.ReportTokenBytes)
        {
            RefuseLength();
            return;
        }

        if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped && !JsonRules.ArePaired(reader.ValueSpan))
        {
            RefuseUnpaired();
            return;
        }

        var shape = _frames[_depth].Next;
        if (shape is null)
            return;

        if (shape.Value is not null)
        {
            shape.Value(draft, ref reader);
        }
        else if (reader.TokenType != JsonTokenType.Null && !shape.IsLenient)
        {
            draft.RefuseType(reader.TokenType, shape.Expected);
        }
    }

    private void RefuseLength() => draft.Refuse(
        ReasonCode.ReportLimit, $"a text or number is longer than {Limits.ReportTokenBytes} bytes");

    private void RefuseUnpaired() => draft.Refuse(ReasonCode.ReportMalformed, "a text holds half of a surrogate pair");

    /// <summary>The members that lead to where the reader is, for a message.</summary>
    private string Where()
    {
        var path = string.Join('.', _frames.Take(_depth + 1).Select(frame => frame.Member?.Name).OfType<string>());
        return path.Length == 0 ? "" : $" in {path}";
    }

    private ReportProblem Describe(JsonException malformed, ReadOnlySpan<byte> rest, long offset)
    {
        if (_tokens == 0 && rest.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return new ReportProblem(ReasonCode.ReportEmpty, "the report is empty", offset);

        // The framework's own sentence is not shown: it may quote a page of the report.
        var message = rest switch
        {
            [0xEF, 0xBB, 0xBF, ..] when _tokens == 0 => "the report starts with a byte order mark; send plain UTF-8",
            [0x1F, ..] when _tokens == 0 => "the report is compressed; send it as it was before",
            [0, ..] => "the report holds zero bytes, as text in UTF-16 does; send UTF-8",
            _ => $"the report is not JSON, or cut short, at line {(malformed.LineNumber ?? 0) + 1}, "
                + $"byte {(malformed.BytePositionInLine ?? 0) + 1}",
        };
        return new ReportProblem(ReasonCode.ReportMalformed, message, offset);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Frame
    {
        public Shape? Shape;
        public MemberTable? Members;
        public Member? Member;
        public Shape? Next;
    }
}
