// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli;

/// <summary>Ends a command with one line on the error stream and an exit code.</summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>, never <see cref="ExitCodes.Done"/>.</summary>
    public int ExitCode { get; } = exitCode == ExitCodes.Done ? ExitCodes.Unreachable : exitCode;

    /// <summary>Usage, configuration or input is wrong.</summary>
    public static CommandFailure BadInput(string message) => new(ExitCodes.BadInput, message);

    /// <summary>There is no answer.</summary>
    public static CommandFailure Unreachable(string message) => new(ExitCodes.Unreachable, message);
}
