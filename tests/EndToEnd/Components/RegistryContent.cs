// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A manifest as the registry serves it.</summary>
public sealed record StoredManifest(byte[] Content, string MediaType)
{
    /// <summary>The digest of the bytes.</summary>
    public Digest Digest => Digest.Compute(Content);

    /// <summary>The parsed manifest, a fresh one each time.</summary>
    public JsonObject Read() => JsonNode.Parse(Content)!.AsObject();
}

/// <summary>
/// The registry's API by hand, so that tests see, and forge, what lies there without the product's own client. Every
/// answer other than success fails the test.
/// </summary>
public sealed class RegistryContent : IDisposable
{
    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    private readonly DockerRegistry _registry;
    private readonly HttpClient _client;

    /// <summary>Opens the registry's content with the credentials that it asks for.</summary>
    public RegistryContent(DockerRegistry registry)
    {
        _registry = registry;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (registry.CaFile is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        var scheme = registry.Access == RegistryAccess.Http ? "http" : "https";
        _client = new HttpClient(handler) { BaseAddress = new Uri($"{scheme}://{registry.Host}/v2/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The repository's tags, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(string repository, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, repository, "tags/list", null, cancellationToken);
        var list = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
        return [.. list["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The manifest under a tag or digest.</summary>
    public async Task<StoredManifest> ManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, repository, "manifests/" + reference, null, cancellationToken);
        return new StoredManifest(
            await answer.Content.ReadAsByteArrayAsync(cancellationToken), answer.Content.Headers.ContentType!.MediaType!);
    }

    /// <summary>Stores a manifest under a tag, or by its own digest if <paramref name="tag"/> is null.</summary>
    public async Task<StoredManifest> PutManifestAsync(
        string repository, string? tag, JsonObject manifest, string mediaType, CancellationToken cancellationToken)
    {
        var stored = new StoredManifest(Encoding.UTF8.GetBytes(manifest.ToJsonString()), mediaType);
        using var content = new ByteArrayContent(stored.Content);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var answer = await SendAsync(
            HttpMethod.Put, repository, "manifests/" + (tag ?? stored.Digest.ToString()), content, cancellationToken);
        return stored;
    }

    /// <summary>A blob's bytes.</summary>
    public async Task<byte[]> BlobAsync(string repository, string digest, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, repository, "blobs/" + digest, null, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Stores a blob and returns its digest.</summary>
    public async Task<Digest> PutBlobAsync(string repository, byte[] bytes, CancellationToken cancellationToken)
    {
        using var begun = await SendAsync(HttpMethod.Post, repository, "blobs/uploads/", null, cancellationToken);
        var digest = Digest.Compute(bytes);
        var upload = new Uri(_client.BaseAddress!, begun.Headers.Location!);
        var target = new UriBuilder(upload) { Query = $"{upload.Query.TrimStart('?')}&digest={Uri.EscapeDataString(digest.ToString())}" };
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await SendAsync(HttpMethod.Put, repository, target.Uri.ToString(), content, cancellationToken);
        return digest;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string repository, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        var absolute = path.StartsWith("http", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(method, absolute ? new Uri(path) : new Uri($"{repository}/{path}", UriKind.Relative));
        request.Content = content;
        foreach (var type in ManifestTypes)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.1));
        request.Headers.Authorization = _registry.Access switch
        {
            RegistryAccess.TlsHtpasswd => new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DockerRegistry.User}:{DockerRegistry.Password}"))),
            RegistryAccess.TlsToken => new AuthenticationHeaderValue(
                "Bearer", _registry.Tokens!.Issue([$"repository:{repository}:pull,push"])),
            _ => null,
        };

        var answer = await _client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var said = await answer.Content.ReadAsStringAsync(cancellationToken);
            answer.Dispose();
            Assert.Fail($"{method} {request.RequestUri}: {(int)answer.StatusCode} {said}");
        }

        return answer;
    }
}
