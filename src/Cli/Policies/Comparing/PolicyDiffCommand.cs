// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;
using SupplyChain.Policy;
using SupplyChain.Policy.Comparing;

namespace SupplyChain.Cli.Policies.Comparing;

/// <summary><c>policy diff</c>: what changes between two policy sets, and whether it gets stricter or laxer. Opens no key.</summary>
internal static class PolicyDiffCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var old = new Argument<string>("OLD") { Description = "The policies as they are: a file or folder" };
        var now = new Argument<string>("NEW") { Description = "The policies as they would be: a file or folder" };
        var output = CommonOptions.Output(OutputFormat.Markdown);
        var command = new Command(
            "diff", "Say what changes between two policy sets, and whether it gets stricter or laxer; 0 if nothing does, 1 if something does")
        {
            old, now, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var changes = PolicyComparison.Compare(
                await ReadAsync(surroundings, parsed.GetRequiredValue(old), cancellationToken),
                await ReadAsync(surroundings, parsed.GetRequiredValue(now), cancellationToken));
            switch (parsed.GetValue(output))
            {
                case OutputFormat.Json:
                    surroundings.Out.Write(DiffOutput.Json(changes));
                    break;
                case OutputFormat.Markdown:
                    surroundings.Out.Write(DiffOutput.Markdown(changes));
                    break;
                default:
                    DiffOutput.Write(surroundings.OutScreen(), changes);
                    break;
            }

            return changes.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    // Half a set could be compared, but what it means is only known of one that loads.
    private static async Task<IReadOnlyList<PolicyFile>> ReadAsync(
        Surroundings surroundings, string path, CancellationToken cancellationToken)
    {
        var files = await PolicyFolders.ReadAsync([path], cancellationToken);
        var loaded = PolicyLoader.Load(files);
        if (loaded.IsUsable)
            return files;

        PolicyProblems.Write(surroundings.ErrorScreen(), loaded.Problems);
        throw CommandFailure.BadInput($"the policies of {path} cannot be used");
    }
}
