// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// Reads the patterns of JSON Schema: the part of ECMA-262 that has the same meaning here, translated where .NET means something
/// else by the same letters. Not anchored, as JSON Schema says; linear in the text.
/// </summary>
internal static class JsonSchemaPattern
{
    // ECMA-262 lets no line separator be any character.
    private const string AnyCharacter = @"[^\n\r\u2028\u2029]";

    internal static bool TryParse(
        string text, [NotNullWhen(true)] out Regex? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        if (text.Length > Limits.PatternLength)
        {
            problem = $"has {text.Length} characters; at most {Limits.PatternLength} are accepted";
            return false;
        }

        if (!TryTranslate(text, out var translated, out problem))
            return false;

        try
        {
            pattern = new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception unusable) when (unusable is ArgumentException or NotSupportedException)
        {
            problem = $"is not a pattern: {Printable.Escape(unusable.Message)}";
            return false;
        }
    }

    private static bool TryTranslate(string text, out string translated, [NotNullWhen(false)] out string? problem)
    {
        var written = new StringBuilder(text.Length + 16);
        var inClass = false;
        (translated, problem) = ("", null);
        for (var i = 0; i < text.Length && problem is null; i++)
        {
            var c = text[i];
            if (c == '\\')
                problem = Escape(i + 1 < text.Length ? text[++i] : '\0', inClass, written);
            else if (inClass)
                problem = InClass(c, written, ref inClass);
            else if (c == '[' && text.AsSpan(i + 1).TrimStart('^') is [']', ..])
                problem = "has a class without characters";
            else if (c == '(' && i + 1 < text.Length && text[i + 1] == '?' && !text.AsSpan(i).StartsWith("(?:", StringComparison.Ordinal))
                problem = "has a group of a kind that is not accepted; only (…) and (?:…) are";
            else
                Outside(c, written, ref inClass);
        }

        translated = written.ToString();
        return problem is null;
    }

    private static void Outside(char c, StringBuilder written, ref bool inClass)
    {
        inClass = c == '[';
        written.Append(c switch
        {
            '$' => @"\z",
            '^' => @"\A",
            '.' => AnyCharacter,
            _ => c.ToString(),
        });
    }

    // In .NET a bracket inside a class subtracts another class.
    private static string? InClass(char c, StringBuilder written, ref bool inClass)
    {
        if (c == '[')
            return @"has a [ inside a class; write \[";

        inClass = c != ']';
        written.Append(c);
        return null;
    }

    // In .NET \d and \w take the digits and letters of all scripts.
    private static string? Escape(char c, bool inClass, StringBuilder written)
    {
        var letters = c switch { 'd' => "0-9", 'w' => "A-Za-z0-9_", _ => null };
        if (letters is not null)
            written.Append(inClass ? letters : $"[{letters}]");
        else if (c is > ' ' and < '\u007F' && !char.IsAsciiLetterOrDigit(c))
            written.Append('\\').Append(c);
        else if (c is 't' or 'n' or 'r')
            written.Append('\\').Append(c);
        else
            return $@"has the escape \{Printable.Escape(c.ToString())}, which is not accepted; \d, \w, \t, \n, \r and those of punctuation are";

        return null;
    }
}
