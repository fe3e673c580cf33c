// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>What is wrong with something a registry holds.</summary>
/// <param name="Reason">The code.</param>
/// <param name="Message">One sentence for people; carries no credential and no query string.</param>
public sealed record RegistryProblem(ReasonCode Reason, string Message);

/// <summary>A registry could not be asked, or its answer is not acceptable. Absence is never an exception.</summary>
public sealed class RegistryException : Exception
{
    /// <summary>A fault with its reason.</summary>
    /// <param name="reason">The code; whether a retry may help is its <see cref="ReasonCode.IsRetryable"/>.</param>
    /// <param name="message">One sentence for people; carries no credential and no query string.</param>
    /// <param name="inner">What caused it, if something did.</param>
    public RegistryException(ReasonCode reason, string message, Exception? inner = null)
        : base(message, inner)
    {
        ArgumentNullException.ThrowIfNull(reason);
        Reason = reason;
    }

    /// <summary>A fault that was found in content.</summary>
    public RegistryException(RegistryProblem problem)
        : this(NotNull(problem).Reason, problem.Message)
    {
    }

    /// <summary>Why, from the closed list.</summary>
    public ReasonCode Reason { get; }

    /// <summary>How long the registry asked to be left alone, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    private static RegistryProblem NotNull(RegistryProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem;
    }
}
