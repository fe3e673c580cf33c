// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Oci;

/// <summary>
/// One registry: a server that speaks the OCI distribution protocol, or an OCI layout directory. Thread-safe.
/// </summary>
/// <remarks>
/// Every member takes a repository of the host it serves. Absence is <see langword="null"/> or an empty list; whatever
/// keeps the question from being answered is a <see cref="RegistryException"/>. Digests and sizes are recomputed from
/// the bytes received.
/// </remarks>
public interface IRegistry
{
    /// <summary>Fetches a manifest or index by digest, at most <see cref="Limits.ManifestBytes"/>.</summary>
    /// <returns>The manifest, or <see langword="null"/> if there is none.</returns>
    ValueTask<Manifest?> FetchManifestAsync(Repository repository, Digest digest, CancellationToken cancellationToken);

    /// <summary>Fetches the manifest or index that a tag names now; its digest is that of the bytes received.</summary>
    /// <returns>The manifest, or <see langword="null"/> if there is no such tag.</returns>
    ValueTask<Manifest?> FetchManifestAsync(Repository repository, string tag, CancellationToken cancellationToken);

    /// <summary>Fetches a blob whose size and digest the descriptor tells.</summary>
    /// <param name="repository">Where it lies.</param>
    /// <param name="blob">What it must be.</param>
    /// <param name="limit">
    /// The most bytes to accept; a descriptor that claims more is refused before anything is sent.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The bytes, or <see langword="null"/> if there is no such blob.</returns>
    ValueTask<byte[]?> FetchBlobAsync(
        Repository repository, Descriptor blob, long limit, CancellationToken cancellationToken);

    /// <summary>
    /// Lists what refers to a subject: the referrers API where there is one, and the fallback tag where there is none
    /// or where the API lists nothing. All pages, unfiltered, at most <see cref="Limits.Referrers"/>. Artifact types
    /// and annotations of the result are hints of whoever wrote the index.
    /// </summary>
    /// <remarks>OCI distribution-spec 1.1, "Listing Referrers" and "Referrers Tag Schema".</remarks>
    ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(
        Repository repository, Digest subject, CancellationToken cancellationToken);

    /// <summary>Stores a blob; does nothing when the registry has it already.</summary>
    ValueTask PushBlobAsync(
        Repository repository, Descriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Stores a manifest by digest, or under a tag whatever that named before.</summary>
    ValueTask<PushResult> PushManifestAsync(
        Repository repository, Manifest manifest, string? tag, CancellationToken cancellationToken);

    /// <summary>
    /// Adds an entry to what a tag names: a manifest to an index, a layer to an image manifest. Entries that other
    /// writers add at the same time survive, and the result was read back. Does nothing when the entry is there.
    /// </summary>
    /// <param name="repository">Where the tag is.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="entry">The entry; one is there already if its digest, media type and annotations are equal.</param>
    /// <param name="compose">Makes the manifest; it may be called many times, as other writers interfere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the tag names now.</returns>
    /// <exception cref="RegistryException">PUBLISH_CONFLICT: other writers kept replacing the tag.</exception>
    ValueTask<Manifest> AppendToTagAsync(
        Repository repository, string tag, Descriptor entry, ManifestComposer compose,
        CancellationToken cancellationToken);
}

/// <summary>
/// Makes a manifest that holds all that <paramref name="current"/> holds, and the added entries after it.
/// </summary>
/// <param name="current">What the tag names, or <see langword="null"/> if there is no such tag.</param>
/// <param name="added">The entries that <paramref name="current"/> lacks; at least one.</param>
/// <param name="cancellationToken">Ends the wait.</param>
public delegate ValueTask<Manifest> ManifestComposer(
    Manifest? current, IReadOnlyList<Descriptor> added, CancellationToken cancellationToken);

/// <summary>What a registry said about a manifest it stored.</summary>
/// <param name="SubjectListed">
/// Whether the registry keeps the subject's referrers by itself. If not, the writer maintains the fallback tag.
/// </param>
public sealed record PushResult(bool SubjectListed);
