// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// One path segment of an image pattern, in which <c>*</c> stands for any characters, also none. Matching takes at most
/// pattern times text steps, whatever the two are.
/// </summary>
internal static class SegmentGlob
{
    internal static bool IsMatch(string glob, string text)
    {
        int g = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                resume = t;
            }
            else if (g < glob.Length && glob[g] == text[t])
            {
                g++;
                t++;
            }
            else if (star >= 0)
            {
                // Only the last star ever needs to give way: what lies before it is matched as early as can be.
                g = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return glob.AsSpan(g).TrimEnd('*').Length == 0;
    }

    /// <summary>Whether some text matches both.</summary>
    internal static bool Overlaps(string a, string b)
    {
        // reachable[j]: the prefix of a read so far and b[..j] have a common match
        var reachable = new bool[b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            var next = new bool[b.Length + 1];
            for (var j = 0; j <= b.Length; j++)
            {
                next[j] = (i, j) switch
                {
                    (0, 0) => true,
                    (0, _) => b[j - 1] == '*' && next[j - 1],
                    (_, 0) => a[i - 1] == '*' && reachable[0],
                    _ when a[i - 1] == '*' || b[j - 1] == '*' => reachable[j] || next[j - 1],
                    _ => a[i - 1] == b[j - 1] && reachable[j - 1],
                };
            }

            reachable = next;
        }

        return reachable[b.Length];
    }
}
