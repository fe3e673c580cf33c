// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How AWS KMS is reached. What is left out comes from where AWS tools take it: environment, profile, instance metadata.</summary>
public sealed record AwsKmsOptions
{
    /// <summary>The region, such as <c>eu-central-1</c>; a key's ARN names its own.</summary>
    public string? Region { get; init; }

    /// <summary>Another endpoint than the region's own, such as that of a VPC endpoint.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The ARN of a role to take on first.</summary>
    public string? Role { get; init; }
}
