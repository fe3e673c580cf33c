// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Policy.Tests.Shipped;

/// <summary>Every shipped policy answers its fixtures as they say, with a yes and a no among them.</summary>
public sealed class ShippedFixturesTests
{
    public static TheoryData<string, string> Fixtures => new(
        from set in ShippedFixtures.Sets from fixture in new[] { "signing.yaml", "admission.yaml" } select (set, fixture));

    [Theory, MemberData(nameof(Fixtures))]
    public void Are_met(string set, string fixture)
    {
        var results = ShippedFixtures.Run(set, fixture, ShippedFixtures.Policies(set));

        Assert.All(results, result => Assert.True(result.IsMet, Explain(result)));
        Assert.Contains(results, result => result.Decision!.IsPositive);
        Assert.Contains(results, result => result.Decision!.Outcome is Outcome.Refused or Outcome.Denied);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Give_the_same_bytes_each_time(string set, string fixture)
    {
        var policies = ShippedFixtures.Policies(set);

        Assert.Equal(
            ShippedFixtures.Run(set, fixture, policies).Select(result => Convert.ToHexString(result.Decision!.ToJson())),
            ShippedFixtures.Run(set, fixture, policies).Select(result => Convert.ToHexString(result.Decision!.ToJson())),
            StringComparer.Ordinal);
    }

    internal static string Explain(PolicyTestResult result) =>
        $"{result.Case.Location} {result.Case.Name}: {result.Problem} {string.Join("; ", result.Mismatches)}";
}
