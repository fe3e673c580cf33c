// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using SupplyChain.Model;

namespace SupplyChain.Policy.Yaml;

/// <summary>
/// Decides which bytes may reach a YAML parser at all. What is refused here are the places where parsers are known to
/// disagree: byte order marks, directives, tabs that indent, control characters (some parsers stop at a NUL), and the
/// line breaks that YAML 1.1 has and 1.2 has not.
/// </summary>
internal static class YamlText
{
    internal static bool TryDecode(
        ReadOnlySpan<byte> utf8, int limit, out string text, [NotNullWhen(false)] out YamlProblem? problem)
    {
        text = "";
        problem = FindProblem(utf8, limit);
        if (problem is not null)
            return false;

        text = Encoding.UTF8.GetString(utf8);
        problem = FindProblem(text);
        return problem is null;
    }

    private static YamlProblem? FindProblem(ReadOnlySpan<byte> utf8, int limit)
    {
        if (utf8.Length > limit)
            return new YamlProblem(new Position(1, 1),
                $"the document has {utf8.Length} bytes; at most {limit} are read");

        return Utf8.IsValid(utf8) ? null : new YamlProblem(new Position(1, 1), "the document is not valid UTF-8");
    }

    private static YamlProblem? FindProblem(string text)
    {
        int line = 1, lineStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (Explain(c, isFirst: i == lineStart) is { } message)
            {
                return new YamlProblem(new Position(line, i - lineStart + 1), message);
            }
        }

        return null;
    }

    private static string? Explain(char c, bool isFirst) => c switch
    {
        '\t' when isFirst => "a line starts with a tab; indent with spaces",
        '\t' or '\r' => null,
        '%' when isFirst => "directives are not accepted",
        '\uFEFF' => "the document holds a byte order mark",
        '\u0085' or '\u2028' or '\u2029' => "only LF and CRLF end a line here",
        < ' ' or (>= '\u007F' and < '\u00A0') or '\uFFFE' or '\uFFFF' =>
            $"the control character {Printable.Escape(c.ToString())} is not accepted",
        _ => null,
    };
}
