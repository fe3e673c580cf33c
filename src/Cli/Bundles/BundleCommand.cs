// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.Bundles;

/// <summary><c>bundle</c>: what can be done with Sigstore bundles in files, whoever made them.</summary>
internal static class BundleCommand
{
    public static Command Create(Surroundings surroundings) => new("bundle", "Verify Sigstore bundles in files, whoever made them")
    {
        BundleVerifyCommand.Create(surroundings),
    };
}
