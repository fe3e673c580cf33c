// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Cli.Trust;

/// <summary><c>trust update</c>: gets the current trust root from its repository.</summary>
internal sealed class TrustUpdateCommand
{
    private readonly Surroundings _surroundings;
    private readonly TrustStart _start;
    private readonly TrustOutput _output;

    private readonly Option<string?> _repository = new("--repository")
    {
        Description = $"The TUF repository's address: https, or http on this machine (default: {HttpSource.PublicGood.OriginalString})",
        HelpName = "URL",
    };

    private TrustUpdateCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _start = new TrustStart(surroundings);
        _output = new TrustOutput(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new TrustUpdateCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command(
            "update", "Get the current trust root from its TUF repository: 0 it is here, 1 the repository does not verify, 3 it did not answer")
        {
            _repository,
        };
        _start.AddTo(command);
        _output.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var address = parsed.GetValue(_repository) ?? HttpSource.PublicGood.OriginalString;
        if (!HttpSource.TryCreate(address, _surroundings.Clock, out var source, out var problem))
            throw CommandFailure.BadInput(problem);

        using (source)
        {
            var update = await new TufClient(_start.Root(parsed), _start.State(parsed), source)
                .UpdateAsync(TufTargetName.TrustedRoot, _surroundings.Clock.GetUtcNow(), cancellationToken);
            if (update.Problem is { Reason.IsRetryable: true } unanswered)
            {
                throw CommandFailure.Unreachable(
                    $"{unanswered}; where there is no network, run supplychain trust import with what trust export wrote on a machine that has one");
            }

            await _output.WriteAsync(parsed, TrustView.Of(update), cancellationToken);
            return ExitCodes.Done;
        }
    }
}
