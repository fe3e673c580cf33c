// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Oci;

namespace SupplyChain.Cli;

/// <summary>What is said about a fault, and with which exit code the process ends.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Lines">What went wrong: one line, or one for each problem of a configuration.</param>
internal sealed record Fault(int ExitCode, IReadOnlyList<string> Lines)
{
    private Fault(int exitCode, string line)
        : this(exitCode, [line])
    {
    }

    /// <summary>
    /// What the user named and the file system or a parser refused is <see cref="ExitCodes.BadInput"/>; anything else,
    /// a fault of ours included, means that there is no answer: <see cref="ExitCodes.Unreachable"/>.
    /// </summary>
    public static Fault Of(Exception exception) => exception switch
    {
        CommandFailure failure => new Fault(failure.ExitCode, failure.Message),
        ConfigurationException configuration => new Fault(ExitCodes.BadInput, configuration.Problems),
        KmsException key => new Fault(ExitCodes.Of(key.Reason), $"{key.Reason}: {key.Message}"),
        LedgerException ledger => new Fault(ExitCodes.Of(ledger.Reason), $"{ledger.Reason}: {ledger.Message}"),
        RegistryException registry => new Fault(
            ExitCodes.Of(registry.Reason), $"{registry.Reason}: {registry.Message}"),
        HttpRequestException or SocketException or TimeoutException => new Fault(
            ExitCodes.Unreachable, exception.Message),
        IOException or UnauthorizedAccessException or FormatException => new Fault(
            ExitCodes.BadInput, exception.Message),
        OperationCanceledException => new Fault(ExitCodes.Unreachable, "the time was up before there was an answer"),
        _ => new Fault(ExitCodes.Unreachable, $"unexpected fault: {exception.Message}"),
    };
}
