// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>What metadata promises of another file.</summary>
/// <param name="Version">Its version, where it is metadata.</param>
/// <param name="Length">Its bytes, where they are told.</param>
/// <param name="Digests">Its digests of the kinds that are known here.</param>
public sealed record TufPromise(int? Version, int? Length, IReadOnlyList<Digest> Digests)
{
    /// <summary>Reads what is promised of metadata: a version, and perhaps more.</summary>
    internal static TufPromise OfMetadata(ProtoElement file) =>
        new(file.Required("version").Whole, file.Optional("length")?.Whole, ReadDigests(file.Optional("hashes")));

    /// <summary>Reads what is promised of metadata that is fetched, which is never longer than its role's documents may be.</summary>
    internal static TufPromise OfMetadata(ProtoElement file, TufRole role)
    {
        var promise = OfMetadata(file);
        return promise.Length is { } length && length > role.LongestDocument()
            ? throw new ProtoException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Path}.length is {length}; expected at most {role.LongestDocument()}"))
            : promise;
    }

    /// <summary>Reads what is promised of a target: length and digests.</summary>
    internal static TufPromise OfTarget(ProtoElement file) =>
        new(null, file.Required("length").Length, ReadDigests(file.Required("hashes")));

    /// <summary>Says how <paramref name="content"/> breaks the promise; null where it does not.</summary>
    internal string? FindProblem(string name, ReadOnlySpan<byte> content)
    {
        if (Length is { } length && content.Length != length)
            return string.Create(CultureInfo.InvariantCulture, $"{name} has {content.Length} bytes; expected {length}");

        foreach (var expected in Digests)
        {
            var found = Digest.ComputeLike(expected, content);
            if (found != expected)
                return $"{name} has the digest {found}; expected {expected}";
        }

        return null;
    }

    private static List<Digest> ReadDigests(ProtoElement? listed)
    {
        var digests = new List<Digest>();
        if (listed is not { } given)
            return digests;

        foreach (var (algorithm, value) in given.Members(Limits.TufKeys))
        {
            if (algorithm is not ("sha256" or "sha512"))
                continue;
            if (!Digest.TryParse($"{algorithm}:{value.Text}", out var digest, out var problem))
                throw new ProtoException($"{value.Path}: {problem}");
            digests.Add(digest);
        }

        return digests.Count > 0 ? digests : throw new ProtoException($"{given.Path} has no sha256 and no sha512");
    }
}
