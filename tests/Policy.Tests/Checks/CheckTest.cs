// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>Policies with one check beside the usual one, and evidence for it.</summary>
internal static class CheckTest
{
    public const string Name = "checked";

    /// <summary>The policy with a check of that kind.</summary>
    public static PolicySet Checking(string kind, string body, params (string Path, JsonNode? Value)[] changes) => PolicyText.LoadSigning(
        [("spec.checks[+]", JsonNode.Parse($$"""{ "name": "{{Name}}", "{{kind}}": {{body}} }""")), .. changes]);

    /// <summary>Everything that the loader says about a check of that kind.</summary>
    public static string Problems(string kind, string body) => string.Join('\n', PolicyText.TryLoad(
        PolicyText.Edit(PolicyText.Signing, ("spec.checks[+]", JsonNode.Parse($$"""{ "name": "{{Name}}", "{{kind}}": {{body}} }"""))),
        PolicyText.ApprovalAttestor, PolicyText.ScannerAttestor).Problems);

    public static CheckResult Judge(PolicySet set, EvidenceSet evidence) => Evaluate(set, evidence).Check(Name);

    /// <summary>Asserts the refusal in full: its code, and that what was expected and found are named.</summary>
    public static void AssertFails(CheckResult check, ReasonCode reason, string expected, string actual)
    {
        Assert.True(check.Verdict == Verdict.Fail, check.ToString());
        Assert.Equal(reason, check.Reason);
        Assert.Contains(expected, check.Expected, StringComparison.Ordinal);
        Assert.Contains(actual, check.Actual, StringComparison.Ordinal);
        Assert.NotNull(check.Remedy);
    }

    public static void AssertPasses(CheckResult check) => Assert.True(check.Verdict == Verdict.Pass, check.ToString());

    public static StoredStatement Attest(TestKey key, string type, string predicate, Digest? image = null) => new(
        key.Attest(type, Deployed.ToString(), image ?? Image.Manifest.Digest, writer => JsonNode.Parse(predicate)!.WriteTo(writer)),
        StorageLayout.Bundle);

    public static EvidenceSet With(params StoredStatement[] statements) => Set(Scan()) with { Statements = statements };

    public static ImageSubject Configured(string configuration, ImageSubject? subject = null)
    {
        using var document = JsonDocument.Parse(configuration);
        _ = ImageConfiguration.TryRead(document.RootElement, out var read, out var problem);
        var image = subject ?? Image;
        return image with
        {
            Platforms = [.. image.Platforms.Select(platform => platform with { Configuration = read, ConfigurationProblem = problem })],
        };
    }
}
