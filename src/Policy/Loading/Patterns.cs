// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Reads image patterns.</summary>
internal static class Patterns
{
    internal static IReadOnlyList<ImagePattern>? ReadList(Field? field)
    {
        var seen = new HashSet<ImagePattern>();
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!ImagePattern.TryParse(text, out var pattern, out var problem))
                return item.Error<ImagePattern>(problem);
            if (!seen.Add(pattern))
                item.Error($"{pattern} is listed twice");

            return pattern;
        });
    }
}
