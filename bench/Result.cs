// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Reflection;

namespace SupplyChain.Bench;

/// <summary>One line of the report. A ratio is floor ÷ ours, so 1.0 is perfect and more than the aim is wanted.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Ratio">Floor ÷ ours.</param>
/// <param name="Aim">The least ratio wanted.</param>
/// <param name="Floor">What the floor took.</param>
/// <param name="Unit">The unit of the floor.</param>
internal sealed record Result(string Name, double Ratio, double Aim, double Floor, string Unit)
{
    public bool IsMet => Ratio >= Aim;

    public static string NameOf(MethodInfo benchmark) =>
        benchmark.DeclaringType!.Name.Replace("Benchmarks", "", StringComparison.Ordinal) + "."
        + benchmark.Name.Replace("Async", "", StringComparison.Ordinal);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name} ratio={Ratio:0.00} aim={Aim:0.00} floor={Floor:0.###} unit={Unit}");
}
