// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Files of a TUF repository in one document: what a client keeps between updates, and what is carried to where there
/// is no network. Nothing in it is believed until a <see cref="TufTrust"/> verified it.
/// </summary>
public sealed partial class TufArchive
{
    /// <summary>The media type, which the document begins with.</summary>
    public const string MediaType = "application/vnd.supplychain.tuf-archive+json;version=1";

    private static readonly ProtoDocument Document =
        new("the archive") { Kind = "an archive", Longest = Limits.TufArchiveBytes };

    private const string RootSuffix = ".root.json";
    private const string TargetPrefix = "targets/";

    private readonly ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> _files;

    private TufArchive(ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> files) => _files = files;

    /// <summary>An archive without files.</summary>
    public static TufArchive Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));

    /// <summary>Whether it has no files.</summary>
    public bool IsEmpty => _files.IsEmpty;

    /// <summary>The highest version of a root in it; null where there is none.</summary>
    public int? NewestRoot => _files.Keys.Select(VersionOf).Max();

    /// <summary>A file; null where it is not in it.</summary>
    public ReadOnlyMemory<byte>? Find(TufPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // A bare null would become empty content.
        return _files.TryGetValue(path.Kept, out var content) ? content : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>The archive with one file more, or another content of it.</summary>
    public TufArchive With(TufPath path, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new TufArchive(_files.SetItem(path.Kept, content));
    }

    /// <summary>The archive with the metadata that is believed now, and without what is believed no more.</summary>
    public TufArchive With(TufTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);

        var files = _files.SetItem(TufPath.Root(trust.Root.Version).Kept, trust.Root.Content);
        foreach (var (path, metadata) in new (TufPath, TufMetadata?)[]
        {
            (TufPath.Timestamp, trust.Timestamp),
            (TufPath.Metadata(TufRole.Snapshot, null), trust.Snapshot),
            (TufPath.Metadata(TufRole.Targets, null), trust.Targets),
        })
        {
            files = metadata is null ? files.Remove(path.Kept) : files.SetItem(path.Kept, metadata.Content);
        }

        return new TufArchive(files);
    }

    /// <summary>Reads an archive; unknown members and files are refused.</summary>
    /// <param name="utf8">The document, at most <see cref="Limits.TufArchiveBytes"/>.</param>
    /// <param name="archive">
    /// The archive, when the result is <see langword="true"/>. Nothing in it is believed yet.
    /// </param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    /// <returns>Whether it is an archive.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8,
        [NotNullWhen(true)] out TufArchive? archive, [NotNullWhen(false)] out string? problem) =>
        Document.TryRead(utf8, Read, out archive, out problem);

    /// <summary>The document; the same files give the same bytes.</summary>
    public byte[] Write()
    {
        var document = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(document, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("mediaType", MediaType);
            json.WriteStartObject("files");
            foreach (var (name, content) in _files)
                json.WriteBase64String(name, content.Span);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        document.Write("\n"u8);
        return document.WrittenSpan.ToArray();
    }

    private static TufArchive Read(ProtoElement archive)
    {
        archive.AllowOnly("mediaType", "files");
        var mediaType = archive.Required("mediaType").Text;
        if (!string.Equals(mediaType, MediaType, StringComparison.Ordinal))
        {
            throw new ProtoException(
                $"the archive has the mediaType '{Printable.Escape(mediaType)}'; expected '{MediaType}'");
        }

        var files = Empty._files.ToBuilder();
        foreach (var (name, content) in archive.Required("files").Members(Limits.TufFiles))
        {
            if (!IsKnown(name))
                throw new ProtoException($"the archive has an unknown file {Printable.Escape(name)}");
            files.Add(name, content.Bytes);
        }

        return new TufArchive(files.ToImmutable());
    }

    private static bool IsKnown(string name) => name is "timestamp.json" or "snapshot.json" or "targets.json"
        || VersionOf(name) is not null
        || IsAside(name)
        || (name.StartsWith(TargetPrefix, StringComparison.Ordinal)
            && TufTargetName.TryParse(name[TargetPrefix.Length..], out _, out _));

    private static int? VersionOf(string name) =>
        name.EndsWith(RootSuffix, StringComparison.Ordinal) && !name.StartsWith('0')
        && int.TryParse(
            name.AsSpan(..^RootSuffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : null;
}
