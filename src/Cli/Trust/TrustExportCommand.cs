// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Hosting;

namespace SupplyChain.Cli.Trust;

/// <summary><c>trust export</c>: all that was verified in one file, for <c>trust import</c> elsewhere.</summary>
internal static class TrustExportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var path = new Argument<string>("FILE") { Description = "The file to write" };
        var start = new TrustStart(surroundings);
        var command = new Command("export", "Write what the last update verified to one file, to be imported where there is no network") { path };
        start.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var kept = TrustKept.Read(start, parsed) ?? throw TrustKept.Nothing(start, parsed);
            await WholeFile.ReplaceAsync(parsed.GetRequiredValue(path), kept.Archive!.Write(), cancellationToken);
            foreach (var warning in TrustView.Of(kept).Warnings(surroundings.Clock.GetUtcNow()))
                surroundings.ErrorScreen().Write("! ", Tone.Doubt).Line(warning);
            return ExitCodes.Done;
        });
        return command;
    }
}
