// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Asserts why something was refused, not only that it was.</summary>
internal static class Refused
{
    public static void With(ReasonCode expected, string text, SignatureProblem? problem, string because)
    {
        Assert.True(problem is not null, $"{because}: nothing was refused");
        Assert.True(expected == problem.Reason, $"{because}: {problem.Reason} ({problem.Message}) instead of {expected}");
        Assert.Contains(text, problem.Message, StringComparison.Ordinal);
    }
}
