// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Layout;

/// <summary>
/// An OCI layout directory under a host's name. All repositories of the host share its blobs and its tags; untagged
/// manifests, such as referrers, stand in <c>index.json</c> without a name. OCI image-spec 1.1, "Image Layout".
/// </summary>
/// <remarks>
/// Paths are made from parsed digests only, files are re-hashed when read, and every change is a new file moved over
/// the old one. Changes of <c>index.json</c> happen one at a time, across processes, under a lock file; readers need
/// none.
/// </remarks>
internal sealed class LayoutRegistry(RegistryOptions options, TimeProvider clock) : IRegistry
{
    private readonly LayoutFiles _files = new(options.Host, options.LayoutPath!, clock);
    private readonly SubjectCache _subjects = new();

    public async ValueTask<Manifest?> FetchManifestAsync(
        Repository repository, Digest digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        RequireOwn(repository);
        await _files.RequireLayoutAsync(cancellationToken);
        return await ReadManifestAsync(digest, mediaType: null, cancellationToken);
    }

    public async ValueTask<Manifest?> FetchManifestAsync(
        Repository repository, string tag, CancellationToken cancellationToken)
    {
        RequireOwn(repository);
        RequireTag(tag);
        var index = await _files.ReadIndexAsync(cancellationToken);
        return await ReadTaggedAsync(index, tag, cancellationToken);
    }

    public async ValueTask<byte[]?> FetchBlobAsync(
        Repository repository, Descriptor blob, long limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        RequireOwn(repository);
        if (blob.Size > Math.Min(limit, Array.MaxLength - 1))
            throw new RegistryException(
                ReasonCode.RegistryLimit, $"{blob.Digest} says it has {blob.Size} bytes; at most {limit} are read");

        await _files.RequireLayoutAsync(cancellationToken);
        var content = await _files.ReadBlobAsync(blob.Digest, blob.Size, cancellationToken);
        return content is null || content.Length == blob.Size
            ? content
            : throw new RegistryException(
                ReasonCode.DigestMismatch,
                $"{blob.Digest} shall have {blob.Size} bytes; {options.Host} holds {content.Length}");
    }

    public async ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(
        Repository repository, Digest subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        RequireOwn(repository);
        var index = await _files.ReadIndexAsync(cancellationToken);
        var found = new ReferrerList(subject);
        foreach (var candidate in index.Manifests.Where(listed => MediaTypes.IsManifest(listed.MediaType)))
        {
            if (await SubjectOfAsync(candidate, cancellationToken) is { } known && known.Subject == subject)
                found.AddRange([known.Referrer]);
        }

        // Other tools write a layout's referrers under the fallback tag.
        var underTag = await ReadTaggedAsync(index, Referrers.FallbackTag(subject), cancellationToken);
        if (underTag is { IsIndex: true })
            found.AddRange(underTag.Manifests);
        return found.Descriptors;
    }

    public async ValueTask PushBlobAsync(
        Repository repository, Descriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        RequireOwn(repository);
        if (content.Length != blob.Size || Digest.ComputeLike(blob.Digest, content.Span) != blob.Digest)
            throw new ArgumentException("The content is not what the descriptor says.", nameof(content));

        await _files.WriteBlobAsync(blob.Digest, content, cancellationToken);
    }

    public async ValueTask<PushResult> PushManifestAsync(
        Repository repository, Manifest manifest, string? tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        RequireOwn(repository);
        if (tag is not null)
            RequireTag(tag);

        await WriteManifestAsync(manifest, cancellationToken);
        using (await _files.LockAsync(cancellationToken))
        {
            var index = await _files.ReadIndexAsync(cancellationToken);
            var changed = LayoutIndex.With(index, manifest.Descriptor, tag, ReplacedTag.StaysListed);
            await _files.WriteIndexAsync(changed, cancellationToken);
        }

        return new PushResult(SubjectListed: manifest.Subject is not null);
    }

    public async ValueTask<Manifest> AppendToTagAsync(
        Repository repository, string tag, Descriptor entry, ManifestComposer compose,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(compose);
        RequireOwn(repository);
        RequireTag(tag);
        await _files.EnsureLayoutAsync(cancellationToken);
        using (await _files.LockAsync(cancellationToken))
        {
            var index = await _files.ReadIndexAsync(cancellationToken);
            var current = await ReadTaggedAsync(index, tag, cancellationToken);
            var wanted = new Tags.EntrySet();
            wanted.Add(entry);
            var missing = wanted.MissingFrom(current?.Entries ?? []);
            if (missing.Count == 0)
                return current!;

            var replacement = await compose(current, missing, cancellationToken);
            await WriteManifestAsync(replacement, cancellationToken);
            var changed = LayoutIndex.With(index, replacement.Descriptor, tag, ReplacedTag.IsDropped);
            await _files.WriteIndexAsync(changed, cancellationToken);
        }

        return await FetchManifestAsync(repository, tag, cancellationToken)
            ?? throw new RegistryException(ReasonCode.PublishConflict, $"{options.Host} lost the tag {tag}");
    }

    private async ValueTask<Manifest?> ReadTaggedAsync(Manifest index, string tag, CancellationToken cancellationToken)
    {
        var named = index.Manifests.Where(listed => LayoutIndex.IsTagged(listed, tag)).ToList();
        if (named.Count > 1)
            throw new RegistryException(
                ReasonCode.ManifestAmbiguous, $"{options.Host} names {named.Count} manifests by the tag {tag}");

        return named.Count == 0
            ? null
            : await ReadManifestAsync(named[0].Digest, named[0].MediaType, cancellationToken);
    }

    private async ValueTask<Manifest?> ReadManifestAsync(
        Digest digest, string? mediaType, CancellationToken cancellationToken)
    {
        var content = await _files.ReadBlobAsync(digest, Limits.ManifestBytes, cancellationToken);
        if (content is null)
            return null;

        return ManifestReader.TryRead(
            content, mediaType, ManifestReader.Bounds.Registry, out var manifest, out var problem)
            ? manifest
            : throw new RegistryException(problem);
    }

    // A manifest that is listed but not there cannot be anybody's evidence; layouts may be sparse.
    private async ValueTask<KnownSubject?> SubjectOfAsync(Descriptor candidate, CancellationToken cancellationToken)
    {
        if (_subjects.Find(candidate.Digest) is { } known)
            return known;

        var content = await _files.ReadBlobAsync(candidate.Digest, Limits.ManifestBytes, cancellationToken);
        return content is null ? null : _subjects.Keep(candidate, content);
    }

    // As a registry does: what a manifest names must be there before it, its subject excepted.
    private async ValueTask WriteManifestAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        IEnumerable<Descriptor> needed = manifest.Config is null
            ? manifest.Layers
            : [manifest.Config, .. manifest.Layers];
        var lacking = needed.FirstOrDefault(blob => !_files.HasBlob(blob.Digest));
        if (lacking is not null)
            throw new RegistryException(
                ReasonCode.BlobMissing,
                $"{options.Host} does not hold {lacking.Digest}, which {manifest.Digest} names");

        await _files.WriteBlobAsync(manifest.Digest, manifest.Content, cancellationToken);
    }

    private void RequireOwn(Repository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        if (!string.Equals(repository.Host, options.Host, StringComparison.Ordinal))
            throw new ArgumentException($"{repository} is not on {options.Host}.", nameof(repository));
    }

    private static void RequireTag(string tag)
    {
        if (!ImageReference.IsTag(tag))
            throw new ArgumentException("A tag has up to 128 letters, digits, '_', '.' and '-'.", nameof(tag));
    }
}
