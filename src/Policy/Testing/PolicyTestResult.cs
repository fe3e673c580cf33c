// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Testing;

/// <summary>How a case came out.</summary>
public sealed record PolicyTestResult
{
    /// <summary>The case.</summary>
    public required PolicyTestCase Case { get; init; }

    /// <summary>What the policies decided; null when the case could not be put before them.</summary>
    public Decision? Decision { get; init; }

    /// <summary>Why it could not; null when it could.</summary>
    public PolicyProblem? Problem { get; init; }

    /// <summary>Where expectation and decision differ.</summary>
    public IReadOnlyList<TestMismatch> Mismatches { get; init; } = [];

    /// <summary>Whether the policies answered as expected.</summary>
    public bool IsMet => Problem is null && Decision is not null && Mismatches.Count == 0;
}

/// <summary>A difference between expectation and decision.</summary>
/// <param name="What">What differs, such as <c>outcome</c> or <c>check no-serious-vulnerabilities</c>.</param>
/// <param name="Expected">What the fixture asks for.</param>
/// <param name="Found">What was found, printable.</param>
public sealed record TestMismatch(string What, string Expected, string Found);
