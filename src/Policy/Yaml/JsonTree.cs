// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy.Yaml;

/// <summary>
/// Reads a JSON document into the nodes that YAML is read into, so that both are judged by the same code.
/// </summary>
public static class JsonTree
{
    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = Limits.Depth,
    };

    /// <summary>Reads one strict JSON document of at most <see cref="Limits.PolicyBytes"/>.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out YamlNode? root,
        [NotNullWhen(false)] out YamlProblem? problem) => TryRead(utf8, Limits.PolicyBytes, out root, out problem);

    /// <summary>Reads one strict JSON document of at most <paramref name="limit"/> bytes.</summary>
    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, int limit, [NotNullWhen(true)] out YamlNode? root,
        [NotNullWhen(false)] out YamlProblem? problem)
    {
        root = null;
        if (utf8.Length > limit)
        {
            problem = new YamlProblem(new Position(1, 1), $"the document has {utf8.Length} bytes; at most {limit} are read");
            return false;
        }

        // The strict reader decides what is JSON; the walk only finds places.
        var isStrict = StrictJson.TryParse(utf8, out var document, out var malformed);
        document?.Dispose();
        var tree = Walk(utf8.Span, out var place);
        root = isStrict ? tree : null;
        problem = root is null ? new YamlProblem(place, malformed ?? "not JSON") : null;
        return root is not null;
    }

    private static YamlNode? Walk(ReadOnlySpan<byte> utf8, out Position stopped)
    {
        stopped = new Position(1, 1);
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            reader.Read();
            return ReadValue(ref reader, new LineIndex(utf8));
        }
        catch (JsonException malformed)
        {
            stopped = new Position((int)(malformed.LineNumber ?? 0) + 1, (int)(malformed.BytePositionInLine ?? 0) + 1);
        }
        catch (YamlRefusal duplicate)
        {
            stopped = duplicate.Problem.Start;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: the strict reader says so, too.
            stopped = new LineIndex(utf8).At((int)reader.TokenStartIndex);
        }

        return null;
    }

    private static YamlNode ReadValue(ref Utf8JsonReader reader, LineIndex lines)
    {
        var start = lines.At((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new YamlMapping(start, ReadMembers(ref reader, lines));
            case JsonTokenType.StartArray:
                var items = new List<YamlNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue(ref reader, lines));

                return new YamlSequence(start, items);
            case JsonTokenType.String:
                return new YamlScalar(start, reader.GetString() ?? "", isPlain: false);
            default:
                return new YamlScalar(start, Encoding.UTF8.GetString(reader.ValueSpan), isPlain: true);
        }
    }

    private static List<YamlMember> ReadMembers(ref Utf8JsonReader reader, LineIndex lines)
    {
        var members = new List<YamlMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            var at = lines.At((int)reader.TokenStartIndex);
            if (!names.Add(name))
                throw new YamlRefusal(at, "a name is given twice");

            reader.Read();
            members.Add(new YamlMember(name, at, ReadValue(ref reader, lines)));
        }

        return members;
    }

    private sealed class LineIndex
    {
        private readonly List<int> _starts = [0];

        internal LineIndex(ReadOnlySpan<byte> utf8)
        {
            for (var i = 0; i < utf8.Length; i++)
            {
                if (utf8[i] == (byte)'\n')
                    _starts.Add(i + 1);
            }
        }

        internal Position At(int offset)
        {
            var found = _starts.BinarySearch(offset);
            var line = found >= 0 ? found : ~found - 1;
            return new Position(line + 1, offset - _starts[line] + 1);
        }
    }
}
