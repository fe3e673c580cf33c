// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>
/// Sigstore's public-good instance as it was when this library was built: its trust root, and the TUF root that vouches for later ones.
/// </summary>
public static class PublicGoodRoot
{
    private static readonly Lazy<TrustedRoot> Read = new(ReadTrustedRoot);
    private static readonly Lazy<TufRoot> Metadata = new(ReadRootMetadata);

    /// <summary>The trust root.</summary>
    public static TrustedRoot Root => Read.Value;

    /// <summary>The trust root as it is served, byte for byte.</summary>
    public static ReadOnlyMemory<byte> Document { get; } = Load("trusted_root.json");

    /// <summary>The TUF root metadata that it was served under, byte for byte.</summary>
    public static ReadOnlyMemory<byte> RootMetadata { get; } = Load("root.json");

    /// <summary>The version of <see cref="RootMetadata"/>.</summary>
    public static int RootVersion => Metadata.Value.Version;

    /// <summary>
    /// When <see cref="RootMetadata"/> expires: from then on the trust root may lack what Sigstore added since. What it holds keeps its own
    /// periods of validity.
    /// </summary>
    public static DateTimeOffset RootExpires => Metadata.Value.Expires;

    private static byte[] Load(string name)
    {
        using var stream = typeof(PublicGoodRoot).Assembly.GetManifestResourceStream($"PublicGood/{name}")
            ?? throw new InvalidOperationException($"The assembly holds no {name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static TrustedRoot ReadTrustedRoot() => TrustedRoot.TryRead(Document, out var root, out var problem)
        ? root
        : throw new InvalidOperationException($"The embedded trust root cannot be read: {problem}.");

    private static TufRoot ReadRootMetadata() => TufTrust.TryStart(RootMetadata, out var trust, out var problem)
        ? trust.Root
        : throw new InvalidOperationException($"The embedded TUF root cannot be used: {problem}.");
}
