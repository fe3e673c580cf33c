// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>Where images may lie.</summary>
public sealed class TrustedDirectoryTests
{
    [Theory]
    [InlineData("""{ "directories": ["registry.example.com/payments"] }""", "registry.example.com/payments/api", true)]
    [InlineData("""{ "directories": ["registry.example.com/payments"] }""", "registry.example.com/payments", true)]
    [InlineData("""{ "directories": ["registry.example.com"] }""", "registry.example.com/a/b/c", true)]
    [InlineData("""{ "directories": ["registry.example.com/payments"] }""", "registry.example.com/payments-evil/api", false)]
    [InlineData("""{ "directories": ["registry.example.com/payments"] }""", "registry.example.com/other/payments", false)]
    [InlineData("""{ "directories": ["registry.example.com/payments"] }""", "registry.example.com.evil.org/payments/api", false)]
    [InlineData("""{ "images": ["registry.example.com/*/api"] }""", "registry.example.com/payments/api", true)]
    [InlineData("""{ "images": ["registry.example.com/*/api"] }""", "registry.example.com/payments/web", false)]
    [InlineData("""{ "directories": ["registry.example.com/a"], "images": ["registry.example.com/b/*"] }""", "registry.example.com/b/x", true)]
    public void An_image_lies_in_a_directory_or_matches_a_pattern(string body, string repository, bool passes)
    {
        var check = Judge(Checking("trustedDirectory", body), Set(Plain(Repository.Parse(repository)), Scan()));

        if (passes)
            AssertPasses(check);
        else
            AssertFails(check, ReasonCode.DirectoryNotTrusted, "registry.example.com/", repository);
    }

    [Theory]
    [InlineData("{}", "trusts nothing")]
    [InlineData("""{ "directories": [] }""", "is an empty list")]
    [InlineData("""{ "directories": ["registry.example.com/**"] }""", "a directory has no wildcards")]
    [InlineData("""{ "directories": ["payments"] }""", "does not start with a registry's host")]
    [InlineData("""{ "directories": ["a.example.com", "a.example.com"] }""", "listed twice")]
    [InlineData("""{ "images": [] }""", "is an empty list")]
    [InlineData("""{ "images": ["**"] }""", "host has to be literal")]
    public void A_check_that_trusts_nothing_or_everything_is_refused_at_load(string body, string expected) =>
        Assert.Contains(expected, Problems("trustedDirectory", body), StringComparison.Ordinal);
}
