// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Sigstore's public-good instance as it was when this library was built: its trust root, and the TUF root that vouches for later ones.
/// </summary>
public static class PublicGoodRoot
{
    private static readonly Lazy<TrustedRoot> Read = new(ReadTrustedRoot);
    private static readonly Lazy<(int Version, DateTimeOffset Expires)> Head = new(ReadHead);

    /// <summary>The trust root.</summary>
    public static TrustedRoot Root => Read.Value;

    /// <summary>The trust root as it is served, byte for byte.</summary>
    public static ReadOnlyMemory<byte> Document { get; } = Load("trusted_root.json");

    /// <summary>The TUF root metadata that it was served under, byte for byte.</summary>
    public static ReadOnlyMemory<byte> RootMetadata { get; } = Load("root.json");

    /// <summary>The version of <see cref="RootMetadata"/>.</summary>
    public static int RootVersion => Head.Value.Version;

    /// <summary>
    /// When <see cref="RootMetadata"/> expires: from then on the trust root may lack what Sigstore added since. What it holds keeps its own
    /// periods of validity.
    /// </summary>
    public static DateTimeOffset RootExpires => Head.Value.Expires;

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

    private static (int Version, DateTimeOffset Expires) ReadHead()
    {
        if (!StrictJson.TryParse(RootMetadata, out var document, out var problem))
            throw new InvalidOperationException($"The embedded TUF root cannot be read: {problem}.");

        using (document)
        {
            var signed = new ProtoElement(document.RootElement, "the TUF root").Required("signed");
            return (checked((int)signed.Required("version").Number), signed.Required("expires").Time);
        }
    }
}
