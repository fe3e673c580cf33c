// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace SupplyChain.Model;

/// <summary>
/// Makes text from outside safe to show: in a log line, a terminal table, a problem or a Kubernetes message.
/// </summary>
public static class Printable
{
    private const int Longest = 256;

    /// <summary>
    /// Escapes control, formatting, surrogate, private-use and line-separating characters as <c>\u{…}</c> and cuts
    /// the text after 256 characters, so that no report, image name or header can forge a line or move a cursor.
    /// </summary>
    public static string Escape(string? text)
    {
        if (text is null)
            return "(none)";
        if (text.Length <= Longest && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        // Nearly every text is plain, and is then shown as it is.
        if (text.Length <= Longest && text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
            return text;

        var cut = text.Length > Longest;
        var safe = new StringBuilder(Math.Min(text.Length, Longest) + 8);
        foreach (var rune in (cut ? text.AsSpan(0, Longest) : text).EnumerateRunes())
        {
            if (IsPlain(rune))
                safe.Append(rune.ToString());
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return cut ? safe.Append('…').ToString() : safe.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
        && rune != Rune.ReplacementChar;
}
