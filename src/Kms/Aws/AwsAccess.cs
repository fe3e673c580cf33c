// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Aws;

/// <summary>One request's purpose, for messages: the key or role, and the permission that it takes.</summary>
internal sealed record AwsPurpose(string Name, string Permission);

/// <summary>Makes requests to AWS KMS, each once, in whatever region, for whoever we are.</summary>
internal sealed class AwsAccess(AwsKmsOptions options, TimeProvider clock, AWSCredentials? given) : IDisposable
{
    private readonly HttpClient _kms = KmsHttp.CreateClient(checkAnswer: KmsHttp.ProblemOfJson);
    private readonly HttpClient _sts = KmsHttp.CreateClient();
    private readonly ConcurrentDictionary<string, IAmazonKeyManagementService> _clients = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _finding = new(1, 1);
    private volatile AWSCredentials? _credentials;

    /// <summary>Settings that hold for every client of the SDK: nothing is repeated, redirected or taken from the environment.</summary>
    public static T Configure<T>(T config, Uri? endpoint, string region, HttpClient http)
        where T : ClientConfig
    {
        if (endpoint is null)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        else
            config.ServiceURL = endpoint.GetLeftPart(UriPartial.Authority);
        config.AuthenticationRegion = region;
        config.IgnoreConfiguredEndpointUrls = true;
        config.HttpClientFactory = new OneClient(http);
        config.RetryMode = RequestRetryMode.Standard;
        config.MaxErrorRetry = 0;
        config.MaxStaleConnectionRetries = 0;
        config.ThrottleRetries = false;
        config.AllowAutoRedirect = false;
        config.DisableLogging = true;
        return config;
    }

    /// <summary>A host in a URI has to be the one that is configured.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is not.</exception>
    public void CheckHost(AwsKeyUri read, KeyUri uri)
    {
        if (read.Host.Length == 0 || (options.Endpoint is { } endpoint
            && (IsSame(read.Host, endpoint.Authority) || IsSame(read.Host, $"{endpoint.IdnHost}:{endpoint.Port}"))))
        {
            return;
        }

        throw KmsException.Unusable(
            $"{Printable.Escape(uri.ToString())} names the host {Printable.Escape(read.Host)}; "
            + $"the configured endpoint is {options.Endpoint?.Authority ?? "the region's own, so leave the host out"}");

        static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Makes one request.</summary>
    /// <exception cref="KmsException">It was not answered, or refused.</exception>
    public async ValueTask<T> CallAsync<T>(
        string? region, AwsPurpose purpose, Func<IAmazonKeyManagementService, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        // Looking for a region may mean to wait for a metadata service that is not there.
        var place = region ?? options.Region ?? await Task.Run(AwsRegion.Find, ct).WaitAsync(ct) ?? throw KmsException.Unusable(
            $"{purpose.Name} names no region, and neither configuration nor environment does; set kms.aws.region");
        using var limit = new CancellationTokenSource(Limits.KmsCall, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var now = purpose;
        try
        {
            now = options.Role is { } role ? new(role, "sts:AssumeRole") : new(purpose.Name, "sts:AssumeRoleWithWebIdentity");
            var credentials = await FindCredentialsAsync(place, either.Token);
            // The SDK asks for them without a token to give up by; afterwards it has them at hand.
            await credentials.GetCredentialsAsync().WaitAsync(either.Token);
            now = purpose;
            return await call(_clients.GetOrAdd(place, Connect, credentials), either.Token);
        }
        catch (Exception failed) when (ct.IsCancellationRequested && failed is not KmsException)
        {
            throw new OperationCanceledException("the request to AWS KMS was given up", failed as OperationCanceledException, ct);
        }
        catch (Exception failed) when (AwsFaults.IsOne(failed))
        {
            throw AwsFaults.Read(failed, now);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        (_credentials as RoleCredentials)?.Dispose();
        _kms.Dispose();
        _sts.Dispose();
        _finding.Dispose();
    }

    private AmazonKeyManagementServiceClient Connect(string region, AWSCredentials credentials) =>
        new(credentials, Configure(new AmazonKeyManagementServiceConfig(), options.Endpoint, region, _kms));

    // What is not found is looked for again by the next request: metadata services come up later than we may.
    private async ValueTask<AWSCredentials> FindCredentialsAsync(string region, CancellationToken ct)
    {
        if (_credentials is { } known)
            return known;

        await _finding.WaitAsync(ct);
        try
        {
            if (_credentials is { } meanwhile)
                return meanwhile;

            var found = given ?? await Task.Run(
                () => DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(new AmazonKeyManagementServiceConfig()), ct).WaitAsync(ct);
            return _credentials = options.Role is null ? found : new RoleCredentials(found, options, region, _sts);
        }
        finally
        {
            _finding.Release();
        }
    }

    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
