// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>Results of fixtures as people read them: what cannot be run, then what is not as expected, then the rest.</summary>
internal static class TestTable
{
    public static void Write(Screen screen, IReadOnlyList<TestedFile> tested)
    {
        PolicyProblems.Write(screen, [.. tested.SelectMany(file => file.AllProblems)]);
        var results = tested.SelectMany(file => file.Results.Select(result => (File: file, Result: result)))
            .Where(row => row.Result.Problem is null).ToList();
        foreach (var (file, result) in results.OrderBy(row => row.Result.IsMet))
            Write(screen, file, result);

        var met = results.Count(row => row.Result.IsMet);
        var broken = tested.Sum(file => file.AllProblems.Count());
        screen.Line(
            $"{Counted.Of(tested.Count, "fixture")}: {Counted.Of(met, "case")} as expected, "
            + string.Create(CultureInfo.InvariantCulture, $"{results.Count - met} otherwise, ") + Counted.Of(broken, "problem"),
            met < results.Count || broken > 0 ? Tone.Bad : Tone.Good);
    }

    private static void Write(Screen screen, TestedFile file, PolicyTestResult result)
    {
        screen.Write(result.IsMet ? "✓" : "✗", result.IsMet ? Tone.Good : Tone.Bad)
            .Write($" {file.Name}  ").Write(result.Case.Name, Tone.Strong);
        if (!result.IsMet)
            screen.Write($"  {result.Case.Location}", Tone.Faint);
        screen.Line();
        foreach (var mismatch in result.Mismatches)
        {
            screen.Line($"    {mismatch.What}");
            screen.Write("      expected  ", Tone.Faint).Line(mismatch.Expected);
            screen.Write("      found     ", Tone.Faint).Line(mismatch.Found);
        }
    }
}
