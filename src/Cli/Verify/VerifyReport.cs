// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Verify;

/// <summary>The verifier's answers: a table for each image, below the place that names it.</summary>
internal static class VerifyReport
{
    public static void Write(Screen screen, IReadOnlyList<VerifyAnswer> answers)
    {
        var isFirst = true;
        foreach (var answer in answers)
        {
            foreach (var image in answer.Verdict.Images)
            {
                if (!isFirst)
                    screen.Line();
                isFirst = false;
                foreach (var field in image.Fields)
                    screen.Line(answer.Place(field));
                DecisionTable.Write(screen, image.Verdict.Decision);
            }
        }

        WriteSum(screen, [.. answers.SelectMany(answer => answer.Decisions)]);
    }

    /// <summary>One decision as itself, several as an array.</summary>
    public static void WriteJson(TextWriter writer, IReadOnlyList<VerifyAnswer> answers)
    {
        var decisions = answers.SelectMany(answer => answer.Decisions).ToList();
        if (decisions is [var only])
            DecisionOutput.WriteJson(writer, only);
        else
            DecisionOutput.WriteJson(writer, decisions);
    }

    private static void WriteSum(Screen screen, IReadOnlyList<Decision> decisions)
    {
        if (decisions.Count < 2)
            return;

        var parts = decisions.GroupBy(decision => decision.Outcome)
            .OrderByDescending(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {Word(group.Key)}"));
        screen.Line().Line(
            string.Create(CultureInfo.InvariantCulture, $"{decisions.Count} images: {string.Join(", ", parts)}"));
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Allowed => "allowed",
        Outcome.Denied => "denied",
        _ => "without an answer",
    };
}
