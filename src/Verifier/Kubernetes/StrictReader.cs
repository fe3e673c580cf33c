// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SupplyChain.Model;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>
/// Reads JSON forward once, as strictly as <see cref="StrictJson"/>: valid UTF-8, one document, bounded depth, no member
/// twice in any spelling, no half surrogate pairs, also in the parts that are skipped. It keeps no tree, which is what
/// makes a warm admission cheap.
/// </summary>
internal ref struct StrictReader
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly MemberNames _names;
    private Utf8JsonReader _json;
    private ReadOnlySpan<byte> _name;

    private StrictReader(ReadOnlySpan<byte> document, MemberNames names)
    {
        _document = document;
        _names = names;
        _json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = Limits.Depth });
    }

    /// <summary>Reads the document's one value; the reader stands on its first token.</summary>
    public delegate T ReadRoot<out T>(ref StrictReader reader);

    /// <summary>The kind of value the reader stands on.</summary>
    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>Reads a whole document with <paramref name="root"/>.</summary>
    /// <param name="document">The bytes.</param>
    /// <param name="root">Reads the one value and leaves the reader on its last token.</param>
    /// <param name="value">What <paramref name="root"/> returned.</param>
    /// <param name="problem">What was wrong with the bytes.</param>
    public static bool TryRead<T>(
        ReadOnlySpan<byte> document, ReadRoot<T> root, [NotNullWhen(true)] out T? value,
        [NotNullWhen(false)] out string? problem)
        where T : class
    {
        value = null;
        if (!Utf8.IsValid(document))
        {
            problem = "the document is not valid UTF-8";
            return false;
        }

        var names = MemberNames.Rent();
        try
        {
            var reader = new StrictReader(document, names);
            reader.Advance();
            var read = root(ref reader);
            // Throws when anything but white space follows.
            reader._json.Read();
            value = read;
            problem = null;
            return true;
        }
        catch (JsonException malformed)
        {
            problem = Describe(malformed);
            return false;
        }
        finally
        {
            names.Return();
        }
    }

    /// <summary>Moves to the next member of the object being read; false at the object's end.</summary>
    public bool NextMember()
    {
        Advance();
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the next element of the list being read; false at the list's end.</summary>
    public bool NextElement()
    {
        Advance();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Whether the member is called <paramref name="name"/>.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _name.SequenceEqual(name);

    /// <summary>Moves to the member's value and says whether it is an object; any other value is passed over.</summary>
    public bool EnterObject()
    {
        Advance();
        if (_json.TokenType == JsonTokenType.StartObject)
            return true;
        SkipRest();
        return false;
    }

    /// <summary>Moves to the member's value and says whether it is a list; any other value is passed over.</summary>
    /// <param name="absent">The value is null, which Kubernetes writes for a list without elements.</param>
    public bool EnterList(out bool absent)
    {
        Advance();
        absent = _json.TokenType == JsonTokenType.Null;
        if (_json.TokenType == JsonTokenType.StartArray)
            return true;
        SkipRest();
        return false;
    }

    /// <summary>Reads the member's value as text; null when it is null.</summary>
    /// <param name="isText">Whether it was text or null; any other value is passed over.</param>
    public string? ReadText(out bool isText)
    {
        Advance();
        isText = _json.TokenType is JsonTokenType.String or JsonTokenType.Null;
        if (_json.TokenType == JsonTokenType.String)
            return _json.GetString();
        SkipRest();
        return null;
    }

    /// <summary>Reads the member's value, which has to be text or null.</summary>
    public string? ReadText()
    {
        var name = _name;
        var text = ReadText(out var isText);
        return isText ? text : throw new JsonException($"'{Show(name)}' is not a string");
    }

    /// <summary>Reads the member's value, which has to be true, false or null; null counts as false.</summary>
    public bool ReadBoolean()
    {
        var name = _name;
        Advance();
        return _json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw new JsonException($"'{Show(name)}' is neither true nor false"),
        };
    }

    /// <summary>Passes over a member that is not read here.</summary>
    /// <param name="read">The members that are read here.</param>
    /// <returns>
    /// What is wrong with a name that differs from one that is read only in case, since readers disagree about whether
    /// it counts; null for every other name.
    /// </returns>
    public string? SkipMember(ReadOnlySpan<string> read)
    {
        string? problem = null;
        foreach (var name in read)
        {
            if (name.Length == _name.Length && Ascii.EqualsIgnoreCase(name, _name) && !Ascii.Equals(name, _name))
                problem = $"member '{Show(_name)}' differs from '{name}' only in case";
        }

        Advance();
        SkipRest();
        return problem;
    }

    /// <summary>Passes over a member that is not read here and whose name may not resemble one that is.</summary>
    public void SkipOther(ReadOnlySpan<string> read)
    {
        if (SkipMember(read) is { } problem)
            throw new JsonException(problem);
    }

    /// <summary>Passes over the value the reader stands on.</summary>
    public void SkipRest()
    {
        if (_json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = _json.CurrentDepth;
        do
            Advance();
        while (_json.CurrentDepth > depth);
    }

    private void Advance()
    {
        if (!_json.Read())
            throw new JsonException("the document ends early");

        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject:
                _names.Open(_json.CurrentDepth);
                break;
            case JsonTokenType.PropertyName:
                AddName();
                break;
            case JsonTokenType.String when _json.ValueIsEscaped:
                EnsurePaired();
                break;
        }
    }

    private void AddName()
    {
        int start;
        if (_json.ValueIsEscaped)
        {
            EnsurePaired();
            var length = _json.CopyString(_names.Room(_json.ValueSpan.Length));
            start = _names.Keep(length);
            _name = _names.Kept(start, length);
            start = ~start;
        }
        else
        {
            _name = _json.ValueSpan;
            start = (int)_json.TokenStartIndex + 1;
        }

        if (!_names.TryAdd(_document, _json.CurrentDepth - 1, _name, start))
            throw new JsonException($"member '{Show(_name)}' comes twice in one object, at byte {_json.TokenStartIndex + 1}");
    }

    private readonly void EnsurePaired()
    {
        if (!JsonRules.ArePaired(_json.ValueSpan))
            throw new JsonException($"not JSON text: {JsonRules.HalfPair}");
    }

    private static string Show(ReadOnlySpan<byte> name) => Printable.Escape(Encoding.UTF8.GetString(name));

    // What this reader refuses itself has no line.
    private static string Describe(JsonException malformed) =>
        malformed.LineNumber is null ? malformed.Message : JsonRules.Describe(malformed);
}
