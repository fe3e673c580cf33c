// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Aws;
using SupplyChain.Kms.Http;

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

    /// <summary>Another endpoint of the token service than the region's own; asked for <see cref="Role"/> only.</summary>
    public Uri? StsEndpoint { get; init; }

    /// <summary>What is wrong with the options, by member as configuration files name it.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Region is not null && !AwsArn.IsRegion(Region))
            yield return ("region", "expected a region such as eu-central-1");
        if (Endpoint is not null && !IsEndpoint(Endpoint))
            yield return ("endpoint", "expected an https URL of a host alone; plain http is for loopback addresses");
        if (Role is not null && !AwsArn.IsRole(Role))
            yield return ("role", "expected arn:aws:iam::ACCOUNT:role/NAME");
        if (StsEndpoint is not null && !IsEndpoint(StsEndpoint))
            yield return ("stsEndpoint", "expected an https URL of a host alone; plain http is for loopback addresses");
        if (StsEndpoint is not null && Role is null)
            yield return ("stsEndpoint", "means nothing without role");
    }

    private static bool IsEndpoint(Uri endpoint) => KmsHttp.IsAcceptable(endpoint) && endpoint.AbsolutePath is "/";
}
