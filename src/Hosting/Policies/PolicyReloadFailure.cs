// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>That the policies on disk are not the ones in force.</summary>
/// <param name="Since">Since when they have not been.</param>
/// <param name="Problems">
/// Where they are wrong, as <c>FILE:LINE:COLUMN</c> without folders with the code, or that they cannot be read or used; printable, and nothing of
/// what the files say.
/// </param>
public sealed record PolicyReloadFailure(DateTimeOffset Since, IReadOnlyList<string> Problems)
{
    private const int Shown = 5;

    /// <summary>One line: since when, and the first problems.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"what is on disk is not in force, since {Since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}: {string.Join(", ", Problems.Take(Shown))}")
        + (Problems.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {Problems.Count - Shown} more") : "");

    internal static IReadOnlyList<string> Places(IEnumerable<PolicyProblem> problems) =>
    [
        .. problems.Where(problem => problem.Severity == ProblemSeverity.Error)
            .Select(problem => Printable.Escape(Place(problem))).Distinct(StringComparer.Ordinal),
    ];

    // Whoever asks needs no token, and has no use for where on this machine the files lie.
    private static string Place(PolicyProblem problem)
    {
        var place = (problem.Location with { File = Path.GetFileName(problem.Location.File) }).ToString();
        return $"{place} {problem.Reason ?? ReasonCode.PolicyInvalid}";
    }
}
