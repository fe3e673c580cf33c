// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli;

/// <summary>What the process says to the program that started it.</summary>
internal static class ExitCodes
{
    /// <summary>Done; every image was allowed or approved.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: refused by the attestor, or denied by the verifier.</summary>
    public const int Refused = 1;

    /// <summary>Usage, configuration or input is wrong: the same call will fail again.</summary>
    public const int BadInput = 2;

    /// <summary>There is no answer: something could not be reached or judged. Trying again may help.</summary>
    public const int Unreachable = 3;

    /// <summary>Interrupted from the keyboard: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM before the work was done.</summary>
    public const int Terminated = 143;

    /// <summary>
    /// One decision's exit code. A no that an admission rule only warns of or records keeps nothing from running.
    /// </summary>
    public static int Of(Decision decision) => decision switch
    {
        { IsPositive: true } => Done,
        { Kind: DecisionKind.Admission, Mode: EnforcementMode.Warn or EnforcementMode.DryRun } => Done,
        { Outcome: Outcome.Error } => Unreachable,
        _ => Refused,
    };

    /// <summary>A no outranks a missing answer, which outranks a yes; no decision at all is no yes.</summary>
    public static int Of(IReadOnlyCollection<Decision> decisions)
    {
        var codes = decisions.Select(Of).ToHashSet();
        return codes switch
        {
            { Count: 0 } => BadInput,
            _ when codes.Contains(Refused) => Refused,
            _ when codes.Contains(Unreachable) => Unreachable,
            _ => Done,
        };
    }

    /// <summary>The exit code of a fault with that reason.</summary>
    public static int Of(ReasonCode reason) => reason.IsRetryable ? Unreachable : BadInput;
}
