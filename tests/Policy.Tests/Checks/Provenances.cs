// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Policy.Tests.Checks;

/// <summary>SLSA provenance as builders write it, made up.</summary>
internal static class Provenances
{
    public const string Builder = "https://github.com/actions/runner/github-hosted";

    public const string BuildType = "https://actions.github.io/buildtypes/workflow/v1";

    /// <summary>Version 1, as GitHub's own attestations have it.</summary>
    public const string V1 = $$"""
        {
          "buildDefinition": {
            "buildType": "{{BuildType}}",
            "externalParameters": {
              "workflow": { "ref": "refs/heads/main", "repository": "https://github.com/example/payments", "path": ".github/workflows/release.yml" }
            },
            "resolvedDependencies": [
              { "uri": "git+https://github.com/example/payments@refs/heads/main", "digest": { "gitCommit": "6f1c2a0000000000000000000000000000000000" } },
              { "uri": "git+https://github.com/example/library@refs/heads/main", "digest": { "gitCommit": "7f1c2a0000000000000000000000000000000000" } }
            ]
          },
          "runDetails": { "builder": { "id": "{{Builder}}" }, "metadata": { "invocationId": "1" } }
        }
        """;

    /// <summary>Version 0.2, as SLSA's generator has it.</summary>
    public const string V02 = $$"""
        {
          "builder": { "id": "{{Builder}}" },
          "buildType": "{{BuildType}}",
          "invocation": {
            "configSource": { "uri": "git+https://github.com/example/payments@refs/heads/main", "digest": { "sha1": "6f1c2a" }, "entryPoint": "release.yml" },
            "parameters": { "workflow": "release" }
          },
          "materials": [{ "uri": "git+https://github.com/example/payments@refs/heads/main", "digest": { "sha1": "6f1c2a" } }]
        }
        """;

    public static string Edit(string provenance, string path, string? value) =>
        PolicyText.Edit(provenance, (path, value is null ? null : JsonNode.Parse(value)));
}
