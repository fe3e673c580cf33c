// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Why a signing policy covers a request, or does not.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Objections">Everything that stands against it, printable; none where it covers the request.</param>
public sealed record SigningExplanation(SigningPolicy Policy, IReadOnlyList<string> Objections)
{
    /// <summary>Whether the policy covers the request.</summary>
    public bool Covers => Objections.Count == 0;

    /// <summary>Explains <paramref name="policy"/>; without a requester only the image counts.</summary>
    internal static SigningExplanation Of(SigningPolicy policy, Repository repository, Requester? requester)
    {
        var objections = new List<string>();
        if (!policy.Subjects.Any(pattern => pattern.IsMatch(repository)))
            objections.Add($"subjects: {string.Join(", ", policy.Subjects)} match other images than {repository}");
        if (requester is not null && !policy.Requesters.Any(rule => rule.IsMatch(requester)))
            objections.AddRange(policy.Requesters.SelectMany((rule, i) => rule.Mismatches(requester).Select(why => $"requesters[{i}].{why}")));

        return new SigningExplanation(policy, objections);
    }
}
