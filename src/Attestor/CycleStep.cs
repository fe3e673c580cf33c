// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace SupplyChain.Attestor;

/// <summary>The numbered steps of the signing cycle as trace spans of the source <c>SupplyChain.Attestor</c>.</summary>
internal static class CycleStep
{
    private static readonly ActivitySource Source = new("SupplyChain.Attestor");

    public static Activity? Start(int number, string name)
    {
        var step = Source.StartActivity(name);
        step?.SetTag("supplychain.step", number.ToString(CultureInfo.InvariantCulture));
        return step;
    }
}
