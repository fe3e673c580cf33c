// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>How a product of a VEX statement fits a finding.</summary>
internal enum ProductMatch
{
    /// <summary>It is another one.</summary>
    None,

    /// <summary>It is this one, and every version and every part of it.</summary>
    Blanket,

    /// <summary>It is this one, and names its version or a part of it.</summary>
    Exact,
}

/// <summary>
/// Whether a VEX statement is about a package in an image. A package URL in a statement is the general side: what it leaves out
/// may be anything, what it says has to be there, character by character. An image is named by digest or by repository; a bare
/// name, which any registry may have, names nothing.
/// </summary>
internal static class VexProducts
{
    private const string Oci = "oci";

    internal static ProductMatch Match(
        VexProduct product, IReadOnlyList<PackageUrlPattern> patterns, ImageSubject subject, PlatformManifest? platform,
        Package package)
    {
        PackageUrl? url = null;
        if (product.Purl is not null && !PackageUrl.TryParse(product.Purl, out url))
            return ProductMatch.None;
        if (url is { Type: not Oci })
            return MatchPackage(product, url, patterns, package);

        var image = new ImageNames(subject, platform);
        var byDigest = product.Digests.Count > 0;
        if ((url is null && !byDigest) || (byDigest && !product.Digests.Any(image.Has)) || (url is not null && !image.IsNamedBy(url))
            || !patterns.Any(pattern => pattern.IsMatch(Oci, null, image.Name)))
        {
            return ProductMatch.None;
        }

        if (product.Subcomponents.Count == 0)
            return byDigest || url!.Version is not null ? ProductMatch.Exact : ProductMatch.Blanket;

        return product.Subcomponents.Any(part => Covers(part, package)) ? ProductMatch.Exact : ProductMatch.None;
    }

    /// <summary>The package itself as the product: only where the policy lists products of that type.</summary>
    private static ProductMatch MatchPackage(
        VexProduct product, PackageUrl url, IReadOnlyList<PackageUrlPattern> patterns, Package package) =>
        product.Subcomponents.Count == 0 && Covers(product, package)
            && patterns.Any(pattern => pattern.IsMatch(url.Type, url.Namespace, url.Name))
            ? url.Version is null ? ProductMatch.Blanket : ProductMatch.Exact
            : ProductMatch.None;

    // Reports tell no digest of a package, so that one named by its digest is never found.
    private static bool Covers(VexComponent part, Package package) =>
        part.Digests.Count == 0
        && PackageUrl.TryParse(part.Purl, out var general) && PackageUrl.TryParse(package.Purl, out var found)
        && Same(general.Type, found.Type) && Same(general.Namespace, found.Namespace) && Same(general.Name, found.Name)
        && (general.Version is null || Same(general.Version, found.Version))
        && general.Qualifiers.All(qualifier => Same(qualifier.Value, found.Qualifiers.GetValueOrDefault(qualifier.Key)));

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.Ordinal);

    /// <summary>The names that an image has.</summary>
    private sealed class ImageNames(ImageSubject subject, PlatformManifest? platform)
    {
        private static readonly string[] DockerHub = ["index.docker.io/", "registry-1.docker.io/"];

        internal string Name { get; } = subject.Repository.Path[(subject.Repository.Path.LastIndexOf('/') + 1)..];

        internal bool Has(Digest digest) => digest == subject.Digest || digest == platform?.Manifest.Digest;

        internal bool IsNamedBy(PackageUrl url) =>
            url.Namespace is null && Same(url.Name, Name)
            && (url.Version is not null || url.Qualifiers.ContainsKey("repository_url"))
            && (url.Version is null || (Digest.TryParse(url.Version, out var digest, out _) && Has(digest)))
            && url.Qualifiers.All(qualifier => qualifier.Key switch
            {
                "repository_url" => IsRepository(qualifier.Value),
                "arch" => Same(qualifier.Value, platform?.Platform?.Architecture),
                // What a tag pointed to once; beside a digest it says nothing more.
                "tag" => url.Version is not null,
                "os" => Same(qualifier.Value, platform?.Platform?.Os),
                _ => false,
            });

        // Some tools write the whole repository, others leave out its last segment.
        private bool IsRepository(string written)
        {
            var hub = Array.Find(DockerHub, alias => written.StartsWith(alias, StringComparison.Ordinal));
            var repository = hub is null ? written : "docker.io/" + written[hub.Length..];
            var own = subject.Repository.ToString();
            return Same(repository, own) || Same($"{repository}/{Name}", own);
        }
    }
}
