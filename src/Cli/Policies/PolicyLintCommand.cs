// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies;

/// <summary>
/// <c>policy lint</c>: reads policies as a service would, and says all that is wrong with them. Opens no key.
/// </summary>
internal static class PolicyLintCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Policy files, and folders whose .yaml, .yml and .json files all are policies",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = CommonOptions.Output();
        var command = new Command(
            "lint", "Say what is wrong with policies: FILE:LINE:COLUMN: severity: message; 2 if any is an error")
        {
            paths, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await PolicyFolders.ReadAsync(parsed.GetRequiredValue(paths), cancellationToken);
            var loaded = PolicyLoader.Load(files);
            var problems = loaded.IsUsable
                ? [.. loaded.Problems, .. loaded.Set.Lint(surroundings.Clock.GetUtcNow()), .. KeyLint.Check(loaded.Set)]
                : loaded.Problems;
            if (parsed.GetValue(output) == OutputFormat.Json)
                surroundings.Out.Write(PolicyProblems.Json(problems) + "\n");
            else
                Write(surroundings.OutScreen(), problems, files.Count);
            return problems.Any(problem => problem.Severity == ProblemSeverity.Error)
                ? ExitCodes.BadInput
                : ExitCodes.Done;
        });
        return command;
    }

    private static void Write(Screen screen, IReadOnlyList<PolicyProblem> problems, int files)
    {
        PolicyProblems.Write(screen, problems);
        var errors = problems.Count(problem => problem.Severity == ProblemSeverity.Error);
        screen.Line(
            $"{Counted.Of(files, "file")}: {Counted.Of(errors, "error")}, {Counted.Of(problems.Count - errors, "warning")}",
            errors > 0 ? Tone.Bad : Tone.Good);
    }
}
