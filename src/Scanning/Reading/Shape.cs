// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Scanning.Reading;

/// <summary>Takes a value that is neither object nor array into the draft.</summary>
internal delegate void ReadValue(ReportDraft draft, ref Utf8JsonReader value);

/// <summary>
/// What a format holds at one place of the document, and what becomes of it. A format is a tree of shapes; what no shape
/// names is checked for being strict JSON and passed over.
/// </summary>
internal sealed record Shape
{
    private Shape(string expected) => Expected = expected;

    /// <summary>What belongs here, for the message when something else is found.</summary>
    public string Expected { get; }

    /// <summary>The members that are read, when an object belongs here.</summary>
    public MemberTable? Members { get; private init; }

    /// <summary>Whether an array belongs here.</summary>
    public bool IsArray { get; private init; }

    /// <summary>What an element of the array, or a member of the map, is; null passes it over.</summary>
    public Shape? Item => ItemLater is null ? ItemNow : ItemLater();

    private Shape? ItemNow { get; init; }

    private Func<Shape>? ItemLater { get; init; }

    /// <summary>Whether an object belongs here whose members are named freely, each of them being <see cref="Item"/>.</summary>
    public bool IsMap { get; private init; }

    /// <summary>Takes the name of such a member, before what it holds is read.</summary>
    public Action<ReportDraft, string>? Key { get; private init; }

    /// <summary>What takes a value that is neither object nor array; without it only null may stand here, as if absent.</summary>
    public ReadValue? Value { get; private init; }

    /// <summary>Whether anything may stand here; the first token of what is not of the shape goes to <see cref="Value"/>.</summary>
    public bool IsLenient { get; private init; }

    /// <summary>Whether it only tells that this is a format which is not read; what its members are called is then held to nothing.</summary>
    public bool IsMarker { get; private init; }

    /// <summary>Whether it is another report, whose bytes are read again as a document of its own.</summary>
    public bool IsReport { get; private init; }

    /// <summary>Runs when an object or array of this shape begins.</summary>
    public Action<ReportDraft>? Begin { get; private init; }

    /// <summary>Runs when it ends.</summary>
    public Action<ReportDraft>? End { get; private init; }

    /// <summary>Passes over whatever it is.</summary>
    public static Shape Skipped { get; } = Anything((_, ref _) => { });

    /// <summary>Passes over a member of a format that is known but not read.</summary>
    public static Shape Marker { get; } = Skipped with { IsMarker = true };

    /// <summary>An object with these members.</summary>
    public static Shape Object(
        (string Name, Shape Shape)[] members, Action<ReportDraft>? begin = null, Action<ReportDraft>? end = null) =>
        new("an object") { Members = MemberTable.Of(members), Begin = begin, End = end };

    /// <summary>An array of these elements.</summary>
    public static Shape Array(Shape item, Action<ReportDraft>? begin = null) =>
        new("a list") { IsArray = true, ItemNow = item, Begin = begin };

    /// <summary>An array of elements that may hold such an array themselves.</summary>
    public static Shape Array(Func<Shape> item) => new("a list") { IsArray = true, ItemLater = item };

    /// <summary>An array of which only the elements are counted.</summary>
    public static Shape Counted(Action<ReportDraft> each, Action<ReportDraft>? begin = null) =>
        Array(Anything((draft, ref _) => each(draft)), begin);

    /// <summary>An object whose members are named freely, each of them an <paramref name="item"/>.</summary>
    public static Shape Map(Shape item, Action<ReportDraft, string>? key = null, Action<ReportDraft>? begin = null) =>
        new("an object") { IsMap = true, ItemNow = item, Key = key, Begin = begin };

    /// <summary>Either an object with these members or an array of these elements.</summary>
    public static Shape ObjectOrArray(MemberTable members, Shape item) =>
        new("an object") { Members = members, IsArray = true, ItemNow = item };

    /// <summary>Another report, an object or a list; elements of the list may be something here too. Null counts as absent.</summary>
    public static Shape Report(Shape item) =>
        new("another report") { Members = MemberTable.Of([]), IsArray = true, ItemNow = item, IsReport = true };

    /// <summary>A string; null counts as absent.</summary>
    public static Shape Text(Action<ReportDraft, string> take) =>
        String((draft, ref value) => take(draft, draft.Text(ref value)));

    /// <summary>The same, of which <paramref name="take"/> decides what is kept.</summary>
    public static Shape String(ReadValue take) => Scalar("text", JsonTokenType.String, take);

    /// <summary>True or false; only true is taken.</summary>
    public static Shape Flag(Action<ReportDraft> whenTrue) => Scalar(
        "true or false", JsonTokenType.True, (draft, ref _) => whenTrue(draft), JsonTokenType.False);

    /// <summary>Whatever it is; of an object or array <paramref name="take"/> gets the first token, and the rest is passed over.</summary>
    public static Shape Anything(ReadValue take) => new("a value") { IsLenient = true, Value = take };

    /// <summary>The same, but <paramref name="take"/> gets what is neither object nor array.</summary>
    public Shape Or(ReadValue take) => this with { Value = take };

    /// <summary>The same, with other members.</summary>
    public Shape With(MemberTable members) => this with { Members = members };

    /// <summary>The same, but anything else is passed over.</summary>
    public Shape OrAnything() => this with { IsLenient = true };

    private static Shape Scalar(string expected, JsonTokenType type, ReadValue take, JsonTokenType also = JsonTokenType.Null) =>
        new(expected)
        {
            Value = (draft, ref value) =>
            {
                if (value.TokenType == type)
                    take(draft, ref value);
                else if (value.TokenType != JsonTokenType.Null && value.TokenType != also)
                    draft.RefuseType(value.TokenType, expected);
            },
        };
}
