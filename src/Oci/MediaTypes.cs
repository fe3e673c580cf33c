// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci;

/// <summary>The media types this product reads and writes.</summary>
public static class MediaTypes
{
    /// <summary>An OCI image manifest.</summary>
    public const string ImageManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>An OCI image index.</summary>
    public const string ImageIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>An OCI image configuration.</summary>
    public const string ImageConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>The OCI empty descriptor: the two bytes <c>{}</c>.</summary>
    public const string Empty = "application/vnd.oci.empty.v1+json";

    /// <summary>A Docker image manifest, version 2 schema 2.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>A Docker manifest list.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>A Sigstore bundle as the only layer of a referrer, and that referrer's artifact type.</summary>
    public const string SigstoreBundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>A simple-signing payload in the tag layout.</summary>
    public const string SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>A DSSE envelope in the tag layout.</summary>
    public const string DsseEnvelope = "application/vnd.dsse.envelope.v1+json";

    /// <summary>The artifact type of a referrer that holds what the tag layout's signatures do (cosign, OCI 1.1, experimental).</summary>
    public const string CosignSignature = "application/vnd.dev.cosign.artifact.sig.v1+json";

    /// <summary>The artifact type of a referrer that holds what the tag layout's attestations do.</summary>
    public const string InTotoReferrer = "application/vnd.in-toto+json";

    /// <summary>What a registry is asked for when a manifest is fetched.</summary>
    internal const string AcceptedManifests =
        ImageManifest + ", " + ImageIndex + ", " + DockerManifest + ", " + DockerManifestList;

    /// <summary>Whether <paramref name="mediaType"/> names one of the two kinds of index.</summary>
    internal static bool IsIndex(string mediaType) => mediaType is ImageIndex or DockerManifestList;

    /// <summary>Whether <paramref name="mediaType"/> names a manifest or index that is understood.</summary>
    internal static bool IsManifest(string mediaType) =>
        mediaType is ImageManifest or DockerManifest or ImageIndex or DockerManifestList;

    /// <summary>
    /// Whether the text has the form <c>type/subtype</c> of RFC 6838 §4.2, each part at most 127 characters.
    /// </summary>
    internal static bool IsWellFormed(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsRestrictedName(text.AsSpan(0, slash)) && IsRestrictedName(text.AsSpan(slash + 1));
    }

    private static bool IsRestrictedName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 127 || !char.IsAsciiLetterOrDigit(name[0]))
            return false;

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('!' or '#' or '$' or '&' or '-' or '^' or '_' or '.' or '+'))
                return false;
        }

        return true;
    }
}
