// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>What a test run came to, by in-toto's test-result predicate v0.1.</summary>
/// <param name="Result"><c>PASSED</c>, <c>WARNED</c> or <c>FAILED</c>.</param>
/// <param name="Passed">The names of tests that passed.</param>
/// <param name="Warned">The names of tests that passed with a warning.</param>
/// <param name="Failed">The names of tests that failed.</param>
/// <remarks>https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md</remarks>
public sealed record TestResult(string Result, IReadOnlyList<string> Passed, IReadOnlyList<string> Warned, IReadOnlyList<string> Failed)
{
    private static readonly string[] Results = ["PASSED", "WARNED", "FAILED"];

    /// <summary>Reads a predicate. A list that is left out is empty, as tools leave out the configuration too; a run that passed and lists what failed contradicts itself.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="result">What it says, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is missing or of the wrong shape, printable, when it is not.</param>
    public static bool TryRead(JsonElement predicate, [NotNullWhen(true)] out TestResult? result, [NotNullWhen(false)] out string? problem)
    {
        result = null;
        if (PredicateJson.Text(predicate, "result") is not { } text)
            problem = "it has no result";
        else if (!Results.Contains(text, StringComparer.Ordinal))
            problem = $"its result '{Printable.Escape(text)}' is none of {string.Join(", ", Results)}";
        else if (PredicateJson.Member(predicate, "configuration") is { ValueKind: not JsonValueKind.Array })
            problem = "its configuration is no list";
        else if (PredicateJson.Texts(predicate, "passedTests") is not { } passed || PredicateJson.Texts(predicate, "warnedTests") is not { } warned
            || PredicateJson.Texts(predicate, "failedTests") is not { } failed)
            problem = $"its tests are not lists of at most {Limits.TestsInResult} names";
        else if (text is not "FAILED" && failed.Count > 0)
            problem = $"its result is {text}, but it lists tests that failed";
        else
        {
            result = new TestResult(text, passed, warned, failed);
            problem = null;
            return true;
        }

        return false;
    }
}
