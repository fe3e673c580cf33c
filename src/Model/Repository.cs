// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Model;

/// <summary>
/// A repository in canonical form: the registry's host (with its port if one was written) and the path
/// below it. <c>nginx</c>, <c>docker.io/nginx</c> and <c>index.docker.io/library/nginx</c> are all
/// <c>docker.io/library/nginx</c>.
/// </summary>
public sealed record Repository
{
    internal Repository(string host, string path)
    {
        Host = host;
        Path = path;
    }

    /// <summary>The registry's host, such as <c>registry.example.com:5000</c>.</summary>
    public string Host { get; }

    /// <summary>The path below the host, such as <c>payments/api</c>; never empty.</summary>
    public string Path { get; }

    /// <summary>The last segment of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Reads a repository name; a tag or digest is refused.</summary>
    /// <exception cref="FormatException">It is no repository name; the message says why.</exception>
    public static Repository Parse(string text) =>
        TryParse(text, out var repository, out var problem) ? repository : throw new FormatException(problem);

    /// <summary>Reads a repository name; a tag or digest is refused.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out Repository? repository, [NotNullWhen(false)] out string? problem)
    {
        repository = null;
        if (!ImageReference.TryParse(text, out var image, out problem))
            return false;

        if (image.Tag is not null || image.Digest is not null)
        {
            problem = $"'{Printable.Escape(text)}' names a tag or digest; expected a repository alone";
            return false;
        }

        repository = image.Repository;
        return true;
    }

    /// <summary>The image of this repository with that digest.</summary>
    public ImageReference At(Digest digest) => new(this, tag: null, digest);

    /// <summary>The canonical text, <c>host/path</c>.</summary>
    public override string ToString() => $"{Host}/{Path}";
}
