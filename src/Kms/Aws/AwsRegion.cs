// SPDX-License-Identifier: Apache-2.0

using Amazon.Runtime;

namespace SupplyChain.Kms.Aws;

/// <summary>The region of whoever names none: environment, profile, instance metadata.</summary>
internal static class AwsRegion
{
    public static string? Find() =>
        FallbackRegionFactory.GetRegionEndpoint()?.SystemName is { } found && AwsArn.IsRegion(found) ? found : null;
}
