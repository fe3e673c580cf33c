// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Parsing;
using SupplyChain.Cli.Rendering;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary>The option <c>--algorithm</c>: what a key signs with, as a policy's member names it.</summary>
internal static class AlgorithmOption
{
    public static Option<SigningAlgorithm?> Create(string description) => new("--algorithm")
    {
        Description = description,
        HelpName = "ALGORITHM",
        CustomParser = Read,
    };

    private static SigningAlgorithm? Read(ArgumentResult argument)
    {
        if (SigningAlgorithms.TryParse(argument.Tokens[0].Value, out var algorithm))
            return algorithm;

        argument.AddError(
            $"'{Screen.Escape(argument.Tokens[0].Value)}' is not an algorithm; expected one of "
            + string.Join(", ", Enum.GetValues<SigningAlgorithm>().Select(known => known.Name())));
        return null;
    }
}
