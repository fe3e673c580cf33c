// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Tags;

namespace SupplyChain.Oci.Http;

/// <summary>A registry server. OCI distribution-spec 1.1.</summary>
/// <remarks>
/// No header is evidence: <c>Docker-Content-Digest</c> and <c>Content-Length</c> are not looked at, digests and sizes
/// are recomputed from the bytes. Any 404 to a manifest or blob means that it is not there, whatever the page says.
/// </remarks>
internal sealed partial class HttpRegistry : IRegistry, IDisposable
{
    private readonly RegistryOptions _options;
    private readonly Origin _own;
    private readonly TimeProvider _clock;
    private readonly WireClient _wire;
    private readonly RegistryAuthorization _authorization;
    private readonly RegistryTransport _transport;
    private readonly Operation _operation;
    private readonly KeyedGate _tagGate = new();

    /// <summary>Prepares the connections; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The options cannot be used.</exception>
    public HttpRegistry(RegistryOptions options, ICredentialSource credentials, HostLookup lookup, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _own = options.Host is DockerHub.Name
            ? Origin.OfHost(DockerHub.Server, plainHttp: false)
            : Origin.OfHost(options.Host, options.PlainHttp);
        var rule = new RedirectRule(_own, options);
        _wire = new WireClient(options, lookup);
        _authorization = new RegistryAuthorization(options, rule, credentials, _wire, clock);
        _transport = new RegistryTransport(_own, rule, _authorization, _wire);
        _operation = new Operation(options.Host, options.OperationTimeout, clock);
        _unlisted = new UnlistedRepositories(clock);
    }

    public ValueTask<Manifest?> FetchManifestAsync(
        Repository repository, Digest digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return _operation.RunAsync(
            attempt => FetchManifestAsync(repository, digest.ToString(), digest, attempt), cancellationToken);
    }

    public ValueTask<Manifest?> FetchManifestAsync(
        Repository repository, string tag, CancellationToken cancellationToken)
    {
        if (!ImageReference.IsTag(tag))
            throw new ArgumentException("A tag has up to 128 letters, digits, '_', '.' and '-'.", nameof(tag));

        return _operation.RunAsync(
            attempt => FetchManifestAsync(repository, tag, expected: null, attempt), cancellationToken);
    }

    public ValueTask<byte[]?> FetchBlobAsync(
        Repository repository, Descriptor blob, long limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (blob.Size > Math.Min(limit, Array.MaxLength - 1))
            throw new RegistryException(
                ReasonCode.RegistryLimit, $"{blob.Digest} says it has {blob.Size} bytes; at most {limit} are read");

        return _operation.RunAsync(attempt => FetchBlobAsync(repository, blob, attempt), cancellationToken);
    }

    public void Dispose()
    {
        _authorization.Dispose();
        _wire.Dispose();
        _tagGate.Dispose();
    }

    private async ValueTask<Manifest?> FetchManifestAsync(
        Repository repository, string reference, Digest? expected, Attempt attempt)
    {
        var request = new RegistryRequest(
            HttpMethod.Get, Url(repository, $"manifests/{reference}"), RepositoryScope.Pull(repository))
        {
            Accept = MediaTypes.AcceptedManifests,
        };
        using var response = await _transport.SendAsync(request, attempt);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;

        await RequireAsync(response, HttpStatusCode.OK, $"a request for the manifest {reference}", attempt);
        var content = await BodyReader.ReadAsync(response, Limits.ManifestBytes, attempt)
            ?? throw new RegistryException(
                ReasonCode.RegistryLimit,
                $"{_options.Host} sends a manifest of more than {Limits.ManifestBytes} bytes");
        if (expected is not null)
            RequireDigest(expected, content);

        var servedAs = MediaTypeOf(response);
        if (!ManifestReader.TryRead(
            content, servedAs, ManifestReader.Bounds.Registry, out var manifest, out var problem))
            throw new RegistryException(problem);

        return expected is null && response.Headers.NonValidated.TryGetValues("ETag", out var tags)
            ? manifest.WithEntityTag(tags.ToString())
            : manifest;
    }

    private async ValueTask<byte[]?> FetchBlobAsync(Repository repository, Descriptor blob, Attempt attempt)
    {
        var request = new RegistryRequest(
            HttpMethod.Get, Url(repository, $"blobs/{blob.Digest}"), RepositoryScope.Pull(repository));
        using var response = await _transport.SendAsync(request, attempt);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;

        await RequireAsync(response, HttpStatusCode.OK, $"a request for the blob {blob.Digest}", attempt);
        var content = await BodyReader.ReadAsync(response, blob.Size, attempt);
        if (content?.Length != blob.Size)
        {
            throw new RegistryException(
                ReasonCode.DigestMismatch,
                $"{blob.Digest} shall have {blob.Size} bytes; {_options.Host} sends "
                + (content is null ? "more" : $"{content.Length}"));
        }

        RequireDigest(blob.Digest, content);
        return content;
    }

    private void RequireDigest(Digest expected, byte[] content)
    {
        var actual = Digest.ComputeLike(expected, content);
        if (actual != expected)
            throw new RegistryException(
                ReasonCode.DigestMismatch, $"{_options.Host} sends {actual} when asked for {expected}");
    }

    private async ValueTask RequireAsync(
        HttpResponseMessage response, HttpStatusCode status, string what, Attempt attempt)
    {
        if (response.StatusCode != status)
            throw await RegistryFaults.FromAnswerAsync(response, what, _clock, attempt);
    }

    private Uri Url(Repository repository, string rest)
    {
        ArgumentNullException.ThrowIfNull(repository);
        if (!string.Equals(repository.Host, _options.Host, StringComparison.Ordinal))
            throw new ArgumentException($"{repository} is not on {_options.Host}.", nameof(repository));

        return new Uri($"{_own}/v2/{repository.Path}/{rest}");
    }

    // Without parameters, and raw: the typed property hides a value that it cannot parse.
    private static string? MediaTypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString().Split(';')[0].Trim()
            : null;
}
