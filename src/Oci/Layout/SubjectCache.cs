// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Oci.Layout;

/// <summary>What a manifest refers to, if to anything, and how an index describes it.</summary>
internal sealed record KnownSubject(Digest? Subject, Descriptor Referrer);

/// <summary>Remembers what manifests refer to: a digest never changes its content.</summary>
internal sealed class SubjectCache
{
    private readonly ConcurrentDictionary<Digest, KnownSubject> _known = new();

    public KnownSubject? Find(Digest manifest) => _known.GetValueOrDefault(manifest);

    /// <summary>Reads and remembers the subject of a manifest.</summary>
    /// <param name="candidate">How the index describes it.</param>
    /// <param name="content">Its bytes, which have the descriptor's digest.</param>
    public KnownSubject Keep(Descriptor candidate, byte[] content)
    {
        // One that is not acceptable but names a subject is listed, as a registry would; whoever fetches it learns why.
        var known = Manifest.TryRead(content, candidate.MediaType, out var manifest, out _)
            ? new KnownSubject(manifest.Subject?.Digest, manifest.Descriptor)
            : new KnownSubject(FindSubject(content), candidate);
        if (_known.Count >= Limits.LayoutManifests)
            _known.Clear();
        _known[candidate.Digest] = known;
        return known;
    }

    private static Digest? FindSubject(byte[] content)
    {
        if (!StrictJson.TryParse(content, out var document, out _))
            return null;

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("subject", out var subject)
                && subject.ValueKind == JsonValueKind.Object
                && subject.TryGetProperty("digest", out var text) && text.ValueKind == JsonValueKind.String
                && Digest.TryParse(text.GetString(), out var digest, out _)
                    ? digest
                    : null;
        }
    }
}
