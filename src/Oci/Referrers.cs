// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>
/// Attaches manifests to what they refer to. OCI distribution-spec 1.1, "Pushing Manifests with Subject".
/// </summary>
public static class Referrers
{
    /// <summary>
    /// Stores a referrer by digest beside its subject, maintains the fallback tag where the registry does not list
    /// referrers by itself, and makes sure that a reader finds it. Attaching the same manifest twice changes nothing.
    /// </summary>
    /// <param name="registry">The registry of <paramref name="repository"/>.</param>
    /// <param name="repository">Where the subject is. The blobs of the referrer must be there already.</param>
    /// <param name="referrer">A manifest that names a subject.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RegistryException">
    /// PUBLISH_CONFLICT: other writers kept replacing the fallback tag, or the registry does not show what it took.
    /// TOO_MANY_SIGNATURES: the subject has as many referrers as are examined.
    /// </exception>
    public static async ValueTask AttachAsync(
        IRegistry registry, Repository repository, Manifest referrer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(referrer);
        if (referrer.Subject is not { } subject)
            throw new ArgumentException("A referrer names its subject.", nameof(referrer));

        var pushed = await registry.PushManifestAsync(repository, referrer, tag: null, cancellationToken);
        if (!pushed.SubjectListed)
        {
            await registry.AppendToTagAsync(
                repository, FallbackTag(subject.Digest), referrer.Descriptor, ComposeIndex, cancellationToken);
        }

        await ReadBackAsync(registry, repository, referrer, subject.Digest, cancellationToken);
    }

    /// <summary>
    /// The tag whose index lists a subject's referrers where there is no API: <c>sha256-…</c>, without a suffix.
    /// </summary>
    public static string FallbackTag(Digest subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return $"{subject.Algorithm}-{subject.Hex[..64]}";
    }

    private static async ValueTask ReadBackAsync(
        IRegistry registry, Repository repository, Manifest referrer, Digest subject,
        CancellationToken cancellationToken)
    {
        var listed = await registry.ListReferrersAsync(repository, subject, cancellationToken);
        if (listed.All(descriptor => descriptor.Digest != referrer.Digest))
            throw new RegistryException(
                ReasonCode.PublishConflict,
                $"{repository} does not list {referrer.Digest} among the referrers of {subject}");

        if (await registry.FetchManifestAsync(repository, referrer.Digest, cancellationToken) is null)
            throw new RegistryException(
                ReasonCode.PublishConflict, $"{repository} does not serve {referrer.Digest}, which it accepted");
    }

    private static ValueTask<Manifest> ComposeIndex(
        Manifest? current, IReadOnlyList<Descriptor> added, CancellationToken cancellationToken)
    {
        if (current is { IsIndex: false })
            throw new RegistryException(
                ReasonCode.ManifestMalformed, "the fallback tag for referrers names an image, not an index");

        if ((current?.Manifests.Count ?? 0) + added.Count > Limits.Referrers)
            throw new RegistryException(
                ReasonCode.TooManySignatures, $"a subject has more than {Limits.Referrers} referrers");

        return ValueTask.FromResult(current is null
            ? Manifest.WriteIndex(added)
            : ManifestWriter.Append(current, added, config: null));
    }
}
