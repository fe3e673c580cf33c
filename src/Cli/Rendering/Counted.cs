// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Cli.Rendering;

/// <summary>Numbers of things in sentences.</summary>
internal static class Counted
{
    /// <summary>The number and its noun, in the plural unless it is one.</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">One of them.</param>
    /// <param name="plural">Several of them, where that is not the noun with an s.</param>
    public static string Of(long number, string noun, string? plural = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? noun : plural ?? noun + "s")}");
}
