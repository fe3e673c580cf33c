// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Rendering.Issues;
using SupplyChain.Policy;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary><c>policy test</c>: puts fixtures before policies, and says where they answer otherwise than expected.</summary>
internal static class PolicyTestCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Fixtures (kind: PolicyTest), and folders whose .yaml and .yml files all are fixtures",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = CommonOptions.Output(OutputFormat.Junit, OutputFormat.Sarif, OutputFormat.GitHub, OutputFormat.GitLab);
        var command = new Command(
            "test", "Run fixtures against policies; 1 if an answer is not the expected one, 2 if a fixture cannot be run")
        {
            paths, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tested = new List<TestedFile>();
            foreach (var path in TestFiles.Find(parsed.GetRequiredValue(paths)))
                tested.Add(await RunAsync(path, cancellationToken));

            Write(surroundings, parsed.GetValue(output), tested);
            return tested.Max(file => file.ExitCode);
        });
        return command;
    }

    private static async Task<TestedFile> RunAsync(string path, CancellationToken cancellationToken)
    {
        var read = PolicyTest.Read(TestFiles.Read(path));
        if (read.Test is not { } test)
            return new TestedFile(path, path, [], read.Problems);

        var policies = await TestFiles.ReadPoliciesAsync(path, test, cancellationToken);
        if (!policies.IsUsable)
            return new TestedFile(path, test.Name, [], [.. policies.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)]);

        var missing = TestFiles.FindMissing(path, test);
        return missing.Count == 0
            ? new TestedFile(path, test.Name, PolicyTestRun.Run(test, policies.Set, TestFiles.ReadEvidence(path, test)), [])
            : new TestedFile(path, test.Name, [], missing);
    }

    private static void Write(Surroundings surroundings, OutputFormat format, IReadOnlyList<TestedFile> tested)
    {
        switch (format)
        {
            case OutputFormat.Text:
                TestTable.Write(surroundings.OutScreen(), tested);
                break;
            case OutputFormat.Json:
                surroundings.Out.Write(TestJson.Write(tested));
                break;
            case OutputFormat.Junit:
                surroundings.Out.Write(TestJunit.Write(tested));
                break;
            default:
                surroundings.Out.Write(IssueOutput.Write(format, TestIssues.Of(tested)));
                break;
        }
    }
}
