// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Attest;

/// <summary>How one try of a request came out.</summary>
internal abstract class AttestAnswer
{
    private AttestAnswer()
    {
    }

    /// <summary>The attestor decided.</summary>
    internal sealed class Decided(Decision decision) : AttestAnswer
    {
        public Decision Decision { get; } = decision;
    }

    /// <summary>There is no decision, and trying again would not bring one.</summary>
    internal sealed class Failed(int exitCode, string message) : AttestAnswer
    {
        public int ExitCode { get; } = exitCode;

        public string Message { get; } = message;
    }

    /// <summary>There is no decision yet.</summary>
    internal sealed class Later(string message, TimeSpan? after) : AttestAnswer
    {
        public string Message { get; } = message;

        /// <summary>How long the attestor wants to be left alone, if it said so.</summary>
        public TimeSpan? After { get; } = after;
    }
}
