// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Oci;

namespace SupplyChain.Cli;

/// <summary>Which exit code a fault has, and its one line.</summary>
internal static class Faults
{
    /// <summary>
    /// What the user named and the file system or a parser refused is <see cref="ExitCodes.BadInput"/>; anything else,
    /// a fault of ours included, means that there is no answer: <see cref="ExitCodes.Unreachable"/>.
    /// </summary>
    public static (int ExitCode, string Message) Describe(Exception fault) => fault switch
    {
        CommandFailure failure => (failure.ExitCode, failure.Message),
        LedgerException ledger => (ExitCodes.Of(ledger.Reason), $"{ledger.Reason}: {ledger.Message}"),
        ConfigurationException configuration => (ExitCodes.BadInput, configuration.Message),
        KmsException key => (ExitCodes.Of(key.Reason), $"{key.Reason}: {key.Message}"),
        RegistryException registry => (ExitCodes.Of(registry.Reason), $"{registry.Reason}: {registry.Message}"),
        HttpRequestException or SocketException or TimeoutException => (ExitCodes.Unreachable, fault.Message),
        IOException or UnauthorizedAccessException or FormatException => (ExitCodes.BadInput, fault.Message),
        OperationCanceledException => (ExitCodes.Unreachable, "the time was up before there was an answer"),
        _ => (ExitCodes.Unreachable, $"unexpected fault: {fault.Message}"),
    };
}
