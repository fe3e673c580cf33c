// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore.Tests.Bundles.Vectors;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

/// <summary>What is accepted of the fixtures of other implementations.</summary>
internal static class VectorBundles
{
    private static readonly (string Name, Func<BundleVector> Read)[] All =
        [.. SigstoreGoTests.Accepted, .. SigstoreJsTests.Accepted, .. CosignTests.Accepted];

    /// <summary>Their names; where they are absent, one that says so.</summary>
    public static TheoryData<string> Names =>
        SharedFiles.Find("vectors/sigstore") is null ? ["(absent)"] : [.. All.Select(known => known.Name)];

    /// <summary>One of them; skips the running test where they are absent.</summary>
    public static BundleCase Find(string name)
    {
        SharedFiles.Require("vectors/sigstore");
        return All.Single(known => known.Name == name).Read().Settle(name);
    }
}
