// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies;

/// <summary>Problems of policies: one a line, place first, as editors and CI systems understand them.</summary>
internal static class PolicyProblems
{
    public static void Write(Screen screen, IReadOnlyList<PolicyProblem> problems)
    {
        foreach (var problem in problems)
        {
            screen.Write($"{problem.Location}: ")
                .Write(Word(problem.Severity), problem.Severity == ProblemSeverity.Error ? Tone.Bad : Tone.Doubt)
                .Line($": {(problem.Reason is { } reason ? $"{reason}: " : "")}{problem.Message}");
        }
    }

    public static string Json(IReadOnlyList<PolicyProblem> problems) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("file", problem.Location.File);
            json.WriteNumber("line", problem.Location.Line);
            json.WriteNumber("column", problem.Location.Column);
            json.WriteString("severity", Word(problem.Severity));
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Word(ProblemSeverity severity) => severity == ProblemSeverity.Error ? "error" : "warning";
}
