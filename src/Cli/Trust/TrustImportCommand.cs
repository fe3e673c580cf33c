// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Cli.Trust;

/// <summary><c>trust import</c>: an update from what was carried here instead of from the repository itself.</summary>
internal sealed class TrustImportCommand
{
    private readonly Surroundings _surroundings;
    private readonly TrustStart _start;
    private readonly TrustOutput _output;

    private readonly Argument<string> _path = new("PATH")
    {
        Description = "What 'trust export' wrote, or a folder with a copy of the repository",
    };

    private TrustImportCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _start = new TrustStart(surroundings);
        _output = new TrustOutput(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new TrustImportCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command(
            "import", "Update the trust root without a network, verified as if it came from its repository: 1 it does not verify, 2 it cannot be read")
        {
            _path,
        };
        _start.AddTo(command);
        _output.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var update = await new TufClient(_start.Root(parsed), _start.State(parsed), Open(parsed.GetRequiredValue(_path)))
            .UpdateAsync(TufTargetName.TrustedRoot, _surroundings.Clock.GetUtcNow(), cancellationToken);
        // What was carried here incomplete stays so, however often it is tried.
        if (update.Problem is { Reason.IsRetryable: true } incomplete)
            throw CommandFailure.BadInput(incomplete.ToString());

        await _output.WriteAsync(parsed, TrustView.Of(update), cancellationToken);
        return ExitCodes.Done;
    }

    private static ITufSource Open(string path)
    {
        if (Directory.Exists(path))
            return new FolderSource(path);

        return TufArchive.TryRead(SmallFile.Read(path, Limits.TufArchiveBytes, "the archive"), out var archive, out var problem)
            ? new ArchiveSource(archive)
            : throw CommandFailure.BadInput($"{ReasonCode.TrustRootInvalid}: '{path}': {problem}");
    }
}
