// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Tags;

namespace SupplyChain.Oci.Http;

/// <summary>What is written. OCI distribution-spec 1.1, "Push".</summary>
internal sealed partial class HttpRegistry
{
    public async ValueTask PushBlobAsync(
        Repository repository, Descriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (content.Length != blob.Size || Digest.ComputeLike(blob.Digest, content.Span) != blob.Digest)
            throw new ArgumentException("The content is not what the descriptor says.", nameof(content));

        await _operation.RunAsync(
            async attempt =>
            {
                if (!await HasBlobAsync(repository, blob, attempt))
                    await UploadAsync(repository, blob, content, attempt);
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<PushResult> PushManifestAsync(
        Repository repository, Manifest manifest, string? tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (tag is not null && !ImageReference.IsTag(tag))
            throw new ArgumentException("A tag has up to 128 letters, digits, '_', '.' and '-'.", nameof(tag));

        var result = await _operation.RunAsync(
            attempt => PutManifestAsync(repository, manifest, tag, ifMatch: null, attempt), cancellationToken);
        return result!;
    }

    public ValueTask<Manifest> AppendToTagAsync(
        Repository repository, string tag, Descriptor entry, ManifestComposer compose,
        CancellationToken cancellationToken) =>
        new TagAppend(new TagStore(this, repository, tag), _options.TagSettleTime, _clock)
            .RunAsync(entry, compose, cancellationToken);

    private async ValueTask<bool> HasBlobAsync(Repository repository, Descriptor blob, Attempt attempt)
    {
        var request = new RegistryRequest(
            HttpMethod.Head, Url(repository, $"blobs/{blob.Digest}"), RepositoryScope.Push(repository));
        using var response = await _transport.SendAsync(request, attempt);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;

        await RequireAsync(response, HttpStatusCode.OK, $"the question for the blob {blob.Digest}", attempt);
        return true;
    }

    private async ValueTask UploadAsync(
        Repository repository, Descriptor blob, ReadOnlyMemory<byte> content, Attempt attempt)
    {
        var open = new RegistryRequest(
            HttpMethod.Post, Url(repository, "blobs/uploads/"), RepositoryScope.Push(repository))
        {
            Content = ReadOnlyMemory<byte>.Empty,
        };
        Uri session;
        using (var opened = await _transport.SendAsync(open, attempt))
        {
            await RequireAsync(opened, HttpStatusCode.Accepted, $"the upload of the blob {blob.Digest}", attempt);
            session = SessionOf(opened, open.Target);
        }

        var query = (session.Query.Length > 1 ? session.Query + "&" : "?")
            + "digest=" + Uri.EscapeDataString(blob.Digest.ToString());
        var put = new RegistryRequest(
            HttpMethod.Put, new UriBuilder(session) { Query = query }.Uri, RepositoryScope.Push(repository))
        {
            Content = content,
        };
        using var stored = await _transport.SendAsync(put, attempt);
        await RequireAsync(stored, HttpStatusCode.Created, $"the upload of the blob {blob.Digest}", attempt);
    }

    // Our token goes along with the content, so the session stays where the token belongs.
    private Uri SessionOf(HttpResponseMessage opened, Uri asked)
    {
        var location = opened.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;
        return Origin.TryResolve(asked, location, out var session) && Origin.Of(session) == _own
            ? session
            : throw new RegistryException(
                ReasonCode.RedirectNotAllowed, $"{_options.Host} wants an upload to go to another place");
    }

    /// <summary>
    /// What the registry said, or <see langword="null"/> if the tag no longer names what <paramref name="ifMatch"/>
    /// stands for.
    /// </summary>
    private async ValueTask<PushResult?> PutManifestAsync(
        Repository repository, Manifest manifest, string? tag, string? ifMatch, Attempt attempt)
    {
        var reference = tag ?? manifest.Digest.ToString();
        var request = new RegistryRequest(
            HttpMethod.Put, Url(repository, $"manifests/{reference}"), RepositoryScope.Push(repository))
        {
            Content = manifest.Content,
            ContentType = manifest.MediaType,
            IfMatch = ifMatch,
        };
        using var response = await _transport.SendAsync(request, attempt);
        if (response.StatusCode == HttpStatusCode.PreconditionFailed && ifMatch is not null)
            return null;

        if (response.StatusCode == HttpStatusCode.NotFound)
            throw new RegistryException(
                ReasonCode.RegistryDenied, $"{_options.Host} has no repository {repository.Path} that may be written");

        await RequireAsync(response, HttpStatusCode.Created, $"the manifest {reference}", attempt);
        var listed = manifest.Subject is { } subject
            && response.Headers.NonValidated.TryGetValues("OCI-Subject", out var said)
            && string.Equals(said.ToString(), subject.Digest.ToString(), StringComparison.Ordinal);
        if (listed)
            _unlisted.Forget(repository);
        return new PushResult(listed);
    }

    private sealed class TagStore(HttpRegistry registry, Repository repository, string tag) : TagAppend.IStore
    {
        private bool _unconditional;

        public ValueTask<KeyedGate.Passage> EnterAsync(CancellationToken cancellationToken) =>
            registry._tagGate.EnterAsync($"{repository.Path}:{tag}", cancellationToken);

        public ValueTask<Manifest?> ReadAsync(CancellationToken cancellationToken) =>
            registry.FetchManifestAsync(repository, tag, cancellationToken);

        public async ValueTask<bool> TryReplaceAsync(
            Manifest? current, Manifest replacement, CancellationToken cancellationToken)
        {
            var ifMatch = _unconditional ? null : current?.EntityTag;
            var put = await registry._operation.RunAsync(
                tries: 1,
                attempt => registry.PutManifestAsync(repository, replacement, tag, ifMatch, attempt),
                cancellationToken);

            // A proxy that rewrites entity tags makes every condition fail; the next one goes without.
            _unconditional = put is null;
            return put is not null;
        }
    }
}
