// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Kms.Aws;

/// <summary>
/// <c>awskms://[HOST[:PORT]]/KEY</c>, where the key is an id, <c>alias/NAME</c>, or the ARN of either. The host is there for
/// configurations that come from cosign; it opens no way to a host that is not configured.
/// </summary>
/// <param name="Host">Host and port of the endpoint, or empty.</param>
/// <param name="Key">What the service calls the key.</param>
/// <param name="Region">The region that an ARN names.</param>
internal sealed record AwsKeyUri(string Host, string Key, string? Region)
{
    public const string Scheme = "awskms";

    /// <summary>Reads what comes after the scheme.</summary>
    public static bool TryRead(KeyUri uri, [NotNullWhen(true)] out AwsKeyUri? read, [NotNullWhen(false)] out string? problem)
    {
        read = null;
        problem = $"{Printable.Escape(uri.ToString())} names no key of AWS KMS; expected awskms:///KEY_ID, awskms:///alias/NAME "
            + "or awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY_ID";
        var slash = uri.Rest.StartsWith("//", StringComparison.Ordinal) ? uri.Rest.IndexOf('/', 2) : -1;
        if (slash < 0)
            return false;

        var key = uri.Rest[(slash + 1)..];
        if (AwsArn.TryRead(key, out var region, out _))
            read = new AwsKeyUri(uri.Rest[2..slash], key, region);
        else if (AwsArn.IsKeyId(key) || AwsArn.IsAlias(key))
            read = new AwsKeyUri(uri.Rest[2..slash], key, Region: null);
        else
            return false;

        problem = null;
        return true;
    }
}
