// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using static SupplyChain.Policy.Tests.Checks.CheckTest;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests.Patterns;

/// <summary>
/// Names without a registry, which a node or mirror may complete otherwise, against every kind of rule that names images: they mean
/// the one on Docker Hub and nothing else.
/// </summary>
public sealed class DefaultRegistryTests
{
    private static readonly WorkloadContext Payments = new("prod-eu", "payments", "api", null);

    private static readonly Requester Pipeline = new(
        "https://ci.example.com", "pipeline", new Dictionary<string, string>(StringComparer.Ordinal) { ["repository_id"] = "482193", ["ref"] = "refs/heads/main" });

    /// <summary>Ways to write docker.io/library/nginx.</summary>
    public static TheoryData<string> Spellings =>
    [
        "nginx", "library/nginx", "docker.io/nginx", "docker.io/library/nginx", "index.docker.io/nginx", "index.docker.io/library/nginx",
        "registry-1.docker.io/nginx", "registry-1.docker.io/library/nginx",
    ];

    /// <summary>Names that somebody could take for it.</summary>
    public static TheoryData<string> Lookalikes =>
    [
        "docker.io.example.com/library/nginx", "docker.io:443/library/nginx", "DOCKER.IO/library/nginx", "hub.docker.com/library/nginx",
        "registry.example.com/library/nginx", "registry.example.com/docker.io/library/nginx", "localhost/library/nginx", "evil/nginx",
    ];

    [Theory, MemberData(nameof(Spellings))]
    public void Every_rule_takes_a_short_name_for_the_one_on_Docker_Hub(string spelling)
    {
        var image = ImageReference.Parse($"{spelling}@{DigestOf("manifest")}");

        Assert.Equal($"docker.io/library/nginx@{DigestOf("manifest")}", image.ToString());
        Assert.All(Rules("docker.io", "docker.io/library/nginx"), rule => Assert.True(rule.Covers(image), rule.Kind));
        Assert.All(Rules("index.docker.io", "index.docker.io/nginx"), rule => Assert.True(rule.Covers(image), rule.Kind));
    }

    [Theory, MemberData(nameof(Spellings))]
    public void No_rule_for_another_registry_covers_a_short_name(string spelling)
    {
        var image = ImageReference.Parse($"{spelling}@{DigestOf("manifest")}");

        Assert.All(Rules("registry.example.com", "registry.example.com/library/nginx"), rule => Assert.False(rule.Covers(image), rule.Kind));
        Assert.All(Rules("localhost", "localhost/library/nginx"), rule => Assert.False(rule.Covers(image), rule.Kind));
    }

    [Theory, MemberData(nameof(Lookalikes))]
    public void No_rule_for_Docker_Hub_covers_what_only_looks_like_it(string name)
    {
        var image = ImageReference.Parse($"{name}@{DigestOf("manifest")}");

        // Somebody else's image on Docker Hub lies on Docker Hub all the same.
        var rules = Rules("docker.io", "docker.io/library/nginx").Where(rule => image.Repository.Host != "docker.io" || rule.Kind != "registries");
        Assert.All(rules, rule => Assert.False(rule.Covers(image), rule.Kind));
    }

    [Theory, MemberData(nameof(Spellings))]
    public void What_is_refused_is_told_in_the_canonical_form(string spelling)
    {
        var policy = PolicyText.LoadAdmission(("spec.registries[+]", "docker.io")).AdmissionPolicies[0];
        var tagged = AdmissionPreflight.Judge(policy, ImageReference.Parse(spelling + ":1.27"), Payments).Decided!;
        var foreign = AdmissionPreflight.Judge(PolicyText.LoadAdmission().AdmissionPolicies[0], ImageReference.Parse(spelling), Payments).Decided!;

        Assert.Equal((ReasonCode.TagNotPinned, "docker.io/library/nginx@sha256:…", "docker.io/library/nginx:1.27"), (tagged.Reason, tagged.Expected, tagged.Actual));
        Assert.Equal((ReasonCode.RegistryNotAllowed, "docker.io"), (foreign.Reason, foreign.Actual));
    }

    // Each kind of rule that names a registry or an image, and whether it covers one.
    private static IReadOnlyList<(string Kind, Func<ImageReference, bool> Covers)> Rules(string host, string name)
    {
        var signing = PolicyText.LoadSigning(("spec.subjects", new JsonArray(name)));
        var registries = PolicyText.LoadAdmission(("spec.registries", new JsonArray(host)), ("spec.exempt", null)).AdmissionPolicies[0];
        var exempt = PolicyText.LoadAdmission(
            ("spec.registries", new JsonArray(host)), ("spec.exempt", JsonNode.Parse($$"""[{ "images": ["{{name}}"], "reason": "made for tests" }]"""))).AdmissionPolicies[0];
        var directory = Checking("trustedDirectory", $$"""{ "directories": ["{{name}}"] }""");
        var images = Checking("trustedDirectory", $$"""{ "images": ["{{name}}"] }""");
        var waiver = PolicyText.LoadSigning(("spec.checks[0].vulnerabilities.exceptions", JsonNode.Parse(
            $$"""[{ "id": "CVE-2026-1", "subjects": ["{{name}}"], "until": "2027-01-31", "owner": "a", "reason": "b" }]""")));
        EvidenceSet Clean(ImageReference image) => Set(Plain(image.Repository), Scan());
        return
        [
            ("subjects", image => signing.FindSigning(image.Repository, Pipeline).Policy is not null),
            ("registries", image => registries.AllowsRegistry(image.Repository)),
            ("exempt", image => AdmissionPreflight.Judge(exempt, image, Payments).Decided?.Name == "exempt"),
            ("directories", image => Judge(directory, Clean(image)).Verdict == Verdict.Pass),
            ("images", image => Judge(images, Clean(image)).Verdict == Verdict.Pass),
            ("exceptions", image => Evaluate(waiver, Set(Plain(image.Repository), Scan(Finding("CVE-2026-1", Scanning.Severity.Critical)))).Outcome() == Outcome.Approved),
        ];
    }
}
