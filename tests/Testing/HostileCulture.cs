// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Testing;

/// <summary>
/// While it lives, the current culture writes and reads numbers and times otherwise than everybody else. Where the machine's own
/// cultures are there, it may also be one of those whose letters and calendar differ.
/// </summary>
public sealed class HostileCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    private HostileCulture(CultureInfo culture) => CultureInfo.CurrentCulture = culture;

    /// <summary>The cultures there are: one made up, and Turkish and Thai unless the runtime knows the invariant one alone.</summary>
    public static IReadOnlyList<string> Names =>
        AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant ? [""] : ["", "tr-TR", "th-TH"];

    /// <summary>Enters a culture of <see cref="Names"/>.</summary>
    public static HostileCulture Enter(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        if (name.Length > 0)
            return new HostileCulture(culture);

        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        (culture.NumberFormat.NegativeSign, culture.NumberFormat.PositiveSign) = ("~", "&");
        (culture.NumberFormat.NaNSymbol, culture.NumberFormat.PositiveInfinitySymbol) = ("5", "7");
        (culture.DateTimeFormat.DateSeparator, culture.DateTimeFormat.TimeSeparator) = (".", ".");
        return new HostileCulture(culture);
    }

    /// <inheritdoc/>
    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
