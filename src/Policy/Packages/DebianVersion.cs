// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Numerics;

namespace SupplyChain.Policy;

/// <summary>Versions as Debian and its relatives order them; deb-version(7).</summary>
internal static class DebianVersion
{
    internal static int? Compare(string a, string b)
    {
        if (Split(a) is not { } x || Split(b) is not { } y)
            return null;

        var byEpoch = x.Epoch.CompareTo(y.Epoch);
        if (byEpoch != 0)
            return byEpoch;

        var byUpstream = CompareParts(x.Upstream, y.Upstream);
        return byUpstream != 0 ? byUpstream : CompareParts(x.Revision, y.Revision);
    }

    private static (BigInteger Epoch, string Upstream, string Revision)? Split(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var epoch = colon < 0 ? "0" : version[..colon];
        var rest = version[(colon + 1)..];
        var dash = rest.LastIndexOf('-');
        var upstream = dash < 0 ? rest : rest[..dash];
        var legal = epoch.Length is > 0 and <= 16 && epoch.All(char.IsAsciiDigit)
            && upstream.Length > 0 && char.IsAsciiDigit(upstream[0])
            && rest.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or ':');
        var revision = dash < 0 ? "0" : rest[(dash + 1)..];
        return legal ? (BigInteger.Parse(epoch, CultureInfo.InvariantCulture), upstream, revision) : null;
    }

    // Alternately a run of non-digits, character by character, and a run of digits as a number.
    private static int CompareParts(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            while ((i < a.Length && !char.IsAsciiDigit(a[i])) || (j < b.Length && !char.IsAsciiDigit(b[j])))
            {
                var byOrder = OrderAt(a, i).CompareTo(OrderAt(b, j));
                if (byOrder != 0)
                    return byOrder;
                i++;
                j++;
            }

            var byNumber = Digits.Compare(Digits.Take(a, ref i), Digits.Take(b, ref j));
            if (byNumber != 0)
                return byNumber;
        }

        return 0;
    }

    // A tilde sorts before the end of a part, letters before all else that is no digit.
    private static int OrderAt(string text, int index) => index >= text.Length || char.IsAsciiDigit(text[index]) ? 0
        : text[index] == '~' ? -1
        : char.IsAsciiLetter(text[index]) ? text[index]
        : text[index] + 256;
}
