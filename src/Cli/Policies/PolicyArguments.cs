// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys;
using SupplyChain.Hosting;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies;

/// <summary>The <c>--policy</c> option: policies with their public keys, from files and folders.</summary>
internal sealed class PolicyArguments(Surroundings surroundings)
{
    private readonly Option<string[]> _paths = new("--policy")
    {
        Description = "A policy file, or a folder of policies; keys of theirs such as file:keys/release "
            + "are found from the current folder; repeatable",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command) => command.Options.Add(_paths);

    /// <summary>Loads the policies; null when the option was not given.</summary>
    /// <exception cref="CommandFailure">They cannot be used; why was written to the error stream.</exception>
    public async Task<PolicySet?> LoadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var paths = parsed.GetValue(_paths)!;
        if (paths.Length == 0)
            return null;

        var read = await LoadedPolicies.ReadAsync(
            paths, Directory.GetCurrentDirectory(), KeyAccess.OfEnvironment(surroundings), cancellationToken);
        foreach (var problem in read.KeyProblems)
            surroundings.ErrorScreen().Line(problem);
        return Usable(read.Result);
    }

    /// <summary>
    /// Reads the policies without asking for the public keys they do not name; null when the option was not given.
    /// </summary>
    /// <exception cref="CommandFailure">They cannot be used; why was written to the error stream.</exception>
    public async Task<PolicySet?> ReadAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(_paths) is { Length: > 0 } paths
            ? Usable(PolicyLoader.Load(await PolicyFolders.ReadAsync(paths, cancellationToken)))
            : null;

    /// <summary>The loaded policies.</summary>
    /// <exception cref="CommandFailure">They cannot be used; why was written to the error stream.</exception>
    public PolicySet Usable(PolicyLoadResult loaded)
    {
        if (loaded.IsUsable)
            return loaded.Set;

        PolicyProblems.Write(surroundings.ErrorScreen(), loaded.Problems);
        throw CommandFailure.BadInput("the policies cannot be used");
    }
}
