// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Model;

/// <summary>
/// The name of an image: a repository with a tag, a digest, both or neither. This is the only parser of image names in
/// the product; what it accepts is printed back in canonical form.
/// </summary>
/// <remarks>
/// Grammar: distribution/reference. ASCII only; nothing is trimmed, percent-decoded or case-folded: a host in
/// capitals is another host than the one a policy names, although DNS would find the same machine.
/// </remarks>
public sealed record ImageReference
{
    private const string DockerHub = "docker.io";

    internal ImageReference(Repository repository, string? tag, Digest? digest)
    {
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Where the image lives.</summary>
    public Repository Repository { get; }

    /// <summary>The tag, if one was written.</summary>
    public string? Tag { get; }

    /// <summary>The digest, if one was written. With a tag beside it the digest alone decides.</summary>
    public Digest? Digest { get; }

    /// <summary>Reads an image name.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var image, out var problem) ? image : throw new FormatException(problem);

    /// <summary>Reads an image name as <c>[host[:port]/]path[:tag][@digest]</c>.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ImageReference? image, [NotNullWhen(false)] out string? problem)
    {
        image = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "an image name is empty";
            return false;
        }

        if (text.Length > Limits.ImageReferenceLength)
        {
            problem = $"an image name has at most {Limits.ImageReferenceLength} characters, found {text.Length}";
            return false;
        }

        // It would pass for the image "sha256" with a very long tag.
        if (Digest.TryParse(text, out _, out _))
        {
            problem = $"'{Printable.Escape(text)}' is a digest alone; write repository@digest";
            return false;
        }

        var name = text;
        Digest? digest = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Digest.TryParse(text[(at + 1)..], out digest, out problem))
            {
                problem = $"image '{Printable.Escape(text)}': {problem}";
                return false;
            }

            name = text[..at];
        }

        string? tag = null;
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
            if (!IsTag(tag))
            {
                problem = $"image '{Printable.Escape(text)}': '{Printable.Escape(tag)}' is not a tag";
                return false;
            }
        }

        if (!TrySplit(name, out var host, out var path, out problem))
        {
            problem = $"image '{Printable.Escape(text)}': {problem}";
            return false;
        }

        image = new ImageReference(new Repository(host, path), tag, digest);
        return true;
    }

    /// <summary>Whether <paramref name="tag"/> follows the tag grammar: up to 128 of <c>A–Z a–z 0–9 _ . -</c>, not starting with <c>.</c> or <c>-</c>.</summary>
    public static bool IsTag([NotNullWhen(true)] string? tag) =>
        tag is { Length: > 0 and <= 128 }
        && (char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_')
        && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>The canonical text, <c>host/path[:tag][@digest]</c>.</summary>
    public override string ToString() =>
        Repository + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static bool TrySplit(
        string name, [NotNullWhen(true)] out string? host, [NotNullWhen(true)] out string? path,
        [NotNullWhen(false)] out string? problem)
    {
        host = path = null;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        if (slash > 0 && LooksLikeHost(first))
        {
            host = first;
            path = name[(slash + 1)..];
        }
        else
        {
            host = DockerHub;
            path = name;
        }

        if (!HostGrammar.IsHost(host))
        {
            problem = $"'{Printable.Escape(first)}' is not a host name";
            return false;
        }

        if (host is "index.docker.io" or "registry-1.docker.io")
            host = DockerHub;

        // A bare 64-digit name is ambiguous with an image id, as in the reference implementation.
        if (slash < 0 && path.Length == 64 && path.All(char.IsAsciiHexDigitLower))
        {
            problem = "64 hexadecimal digits are an image id, not a name";
            return false;
        }

        if (string.Equals(host, DockerHub, StringComparison.Ordinal) && !path.Contains('/', StringComparison.Ordinal))
            path = "library/" + path;

        if (path.Length > Limits.RepositoryPathLength)
        {
            problem = $"a repository path has at most {Limits.RepositoryPathLength} characters, found {path.Length}";
            return false;
        }

        foreach (var segment in path.Split('/'))
        {
            if (!IsPathSegment(segment))
            {
                problem = $"'{Printable.Escape(segment)}' is not a path segment; expected lower-case letters and digits, "
                    + "separated by '.', '_', '__' or '-'";
                return false;
            }
        }

        problem = null;
        return true;
    }

    // "LOCALDOMAIN/x" has a host because a path cannot hold capitals; "localhost/x" because everyone means it so.
    private static bool LooksLikeHost(string first) =>
        first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal)
        || first is "localhost" || first.Any(char.IsAsciiLetterUpper);

    // alphanumeric runs joined by one '.', one or two '_', or any number of '-'
    private static bool IsPathSegment(string segment)
    {
        if (segment.Length == 0)
            return false;

        var i = 0;
        while (true)
        {
            var start = i;
            while (i < segment.Length && (char.IsAsciiLetterLower(segment[i]) || char.IsAsciiDigit(segment[i])))
                i++;
            if (i == start)
                return false;
            if (i == segment.Length)
                return true;

            var separator = segment[i];
            var length = 0;
            while (i < segment.Length && segment[i] == separator)
            {
                i++;
                length++;
            }

            var legal = separator switch { '.' => length == 1, '_' => length <= 2, '-' => true, _ => false };
            if (!legal)
                return false;
        }
    }
}
