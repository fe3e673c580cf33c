// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace SupplyChain.Attestor;

/// <summary>
/// The numbered steps of the signing cycle as trace spans of the source <c>SupplyChain.Attestor</c>. The number is there when a span
/// starts, so that samplers and listeners can go by it.
/// </summary>
internal static class CycleStep
{
    private static readonly ActivitySource Source = new("SupplyChain.Attestor");

    public static Activity? Start(int number, string name) => Source.HasListeners()
        ? Source.StartActivity(
            ActivityKind.Internal, tags: [new("supplychain.step", number.ToString(CultureInfo.InvariantCulture))], name: name)
        : null;
}
