// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Google;

/// <summary>
/// Access tokens for Google Cloud KMS. The credentials are looked for once; the library keeps a token until shortly before it
/// expires, and lets one caller renew it.
/// </summary>
/// <param name="file">The credentials' file; <see langword="null"/> for Application Default Credentials.</param>
internal sealed class GoogleTokens(string? file) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/cloudkms";

    private static readonly string[] Kinds =
    [
        JsonCredentialParameters.ServiceAccountCredentialType,
        JsonCredentialParameters.ExternalAccountCredentialType,
        JsonCredentialParameters.ImpersonatedServiceAccountCredentialType,
        JsonCredentialParameters.AuthorizedUserCredentialType,
    ];

    private readonly SemaphoreSlim _finding = new(1, 1);
    private volatile ITokenAccess? _credentials;

    /// <summary>A token that is good for now.</summary>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        var credentials = _credentials ?? await FindAsync(ct);
        return await credentials.GetAccessTokenForRequestAsync(authUri: null, ct);
    }

    public void Dispose() => _finding.Dispose();

    // What is not found is looked for again by the next request: metadata services come up later than we may.
    private async ValueTask<ITokenAccess> FindAsync(CancellationToken ct)
    {
        await _finding.WaitAsync(ct);
        try
        {
            if (_credentials is { } meanwhile)
                return meanwhile;

            var found = file is null ? await GoogleCredential.GetApplicationDefaultAsync(ct) : await ReadAsync(file, ct);
            return _credentials = found.CreateScoped(Scope).CreateWithHttpClientFactory(new StraightClients());
        }
        finally
        {
            _finding.Release();
        }
    }

    private static async ValueTask<GoogleCredential> ReadAsync(string file, CancellationToken ct)
    {
        var content = await KeyFiles.ReadPublicAsync(file, "Google credentials file", Limits.KmsSecretBytes, ct);
        var kind = KindOf(content, file);
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            throw KmsException.Unusable(
                $"the Google credentials file {Printable.Escape(file)} is of type {Printable.Escape(kind)}; expected one of {string.Join(", ", Kinds)}");
        }

        using var stream = new MemoryStream(content, writable: false);
#pragma warning disable CS0618 // Deprecated since it takes files of any type; the type of this one was just checked.
        return await GoogleCredential.FromStreamAsync(stream, ct);
#pragma warning restore CS0618
    }

    private static string? KindOf(byte[] content, string file)
    {
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw KmsException.Unusable($"the Google credentials file {Printable.Escape(file)} cannot be read: {problem}");

        using (document)
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Text("type") : null;
    }

    // Token servers are spoken to as key services are: straight, once, and following nothing.
    private sealed class StraightClients : HttpClientFactory, IHttpClientFactory
    {
        ConfigurableHttpClient IHttpClientFactory.CreateHttpClient(CreateHttpClientArgs args)
        {
            foreach (var patience in args.Initializers.OfType<ExponentialBackOffInitializer>().ToArray())
                args.Initializers.Remove(patience);
            var client = CreateHttpClient(args);
            client.MessageHandler.NumTries = 1;
            client.MessageHandler.FollowRedirect = false;
            return client;
        }

        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
    }
}
