// SPDX-License-Identifier: Apache-2.0

using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace SupplyChain.Kms.Aws;

/// <summary>Takes on a role, and again shortly before its credentials expire; the base class lets only one caller do it.</summary>
internal sealed class RoleCredentials : RefreshingAWSCredentials
{
    private const string SessionName = "supplychain";

    private readonly AmazonSecurityTokenServiceClient _sts;
    private readonly string _role;

    public RoleCredentials(AWSCredentials source, AwsKmsOptions options, string region, HttpClient http)
    {
        _role = options.Role!;
        _sts = new(source, AwsAccess.Configure(new AmazonSecurityTokenServiceConfig(), options.StsEndpoint, region, http));
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var taken = (await _sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = _role, RoleSessionName = SessionName })).Credentials;
        return new CredentialsRefreshState(
            new ImmutableCredentials(taken.AccessKeyId, taken.SecretAccessKey, taken.SessionToken),
            taken.Expiration ?? throw new AmazonClientException("the role's credentials have no end"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _sts.Dispose();
        base.Dispose(disposing);
    }
}
