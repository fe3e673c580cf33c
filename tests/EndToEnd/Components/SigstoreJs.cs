// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>The npm package <c>@sigstore/verify</c>, by a script of ours that hands it a bundle.</summary>
public sealed class SigstoreJs
{
    private readonly Tool _node = Tool.Require("node");
    private readonly string _modules = Path.Combine(SharedFiles.RepositoryRoot, ".tools", "npm", "node_modules");

    private SigstoreJs() => Programs.RequireFile("@sigstore/verify", [Path.Combine(_modules, "@sigstore", "verify", "package.json")]);

    /// <summary>The package; skips the running test where it is absent.</summary>
    public static SigstoreJs Require() => new();

    /// <summary>What it says of a bundle; all files.</summary>
    public Task<ToolResult> VerifyAsync(
        string root, string bundle, string artifact, string subject, string issuer, CancellationToken cancellationToken) => _node.RunAsync(
            [Path.Combine(SharedFiles.RepositoryRoot, "tests", "EndToEnd", "Components", "sigstore-verify.cjs"), root, bundle, artifact, subject, issuer],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_PATH"] = _modules }, cancellationToken);
}
