// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// A pattern over repositories: a literal host, then path segments. <c>*</c> stands for any characters inside one
/// segment; a last segment <c>**</c> stands for one or more whole segments. Comparison is ordinal, against the
/// canonical form of a repository, over all of it.
/// </summary>
public sealed class ImagePattern : IEquatable<ImagePattern>
{
    private const string DockerHub = "docker.io";
    private const string Rest = "**";

    private readonly string[] _segments;
    private readonly bool _takesRest;

    private ImagePattern(string host, string[] segments)
    {
        Host = host;
        _takesRest = segments[^1] is Rest;
        _segments = _takesRest ? segments[..^1] : segments;
        Text = $"{host}/{string.Join('/', segments)}";
    }

    /// <summary>The host, always literal, with its port if one was written.</summary>
    public string Host { get; }

    /// <summary>The pattern in canonical form.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none, or none that a repository can ever match; the message says why.</exception>
    public static ImagePattern Parse(string text) =>
        TryParse(text, out var pattern, out var problem) ? pattern : throw new FormatException(problem);

    /// <summary>Reads a pattern; one that no repository can ever match is refused.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ImagePattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        problem = Explain(text);
        if (problem is not null)
        {
            problem = $"'{Printable.Escape(text)}' is not an image pattern: {problem}";
            return false;
        }

        var slash = text!.IndexOf('/', StringComparison.Ordinal);
        // The one parser of names decides what the host's canonical form is.
        var host = Repository.Parse(text[..slash] + "/x").Host;
        var segments = text[(slash + 1)..].Split('/');
        if (string.Equals(host, DockerHub, StringComparison.Ordinal) && segments is [var only] && only is not Rest)
            segments = ["library", only];

        pattern = new ImagePattern(host, segments);
        return true;
    }

    /// <summary>Whether <paramref name="repository"/> is covered.</summary>
    public bool IsMatch(Repository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        if (!string.Equals(Host, repository.Host, StringComparison.Ordinal))
            return false;

        var path = repository.Path.Split('/');
        if (_takesRest ? path.Length <= _segments.Length : path.Length != _segments.Length)
            return false;

        for (var i = 0; i < _segments.Length; i++)
        {
            if (!SegmentGlob.IsMatch(_segments[i], path[i]))
                return false;
        }

        return true;
    }

    /// <summary>Whether some repository is covered by both patterns.</summary>
    public bool Overlaps(ImagePattern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!string.Equals(Host, other.Host, StringComparison.Ordinal))
            return false;

        var shared = Math.Min(_segments.Length, other._segments.Length);
        for (var i = 0; i < shared; i++)
        {
            if (!SegmentGlob.Overlaps(_segments[i], other._segments[i]))
                return false;
        }

        return (_segments.Length.CompareTo(other._segments.Length), _takesRest, other._takesRest) switch
        {
            (0, var mine, var theirs) => mine == theirs,
            (< 0, var mine, _) => mine,
            (> 0, _, var theirs) => theirs,
        };
    }

    /// <inheritdoc/>
    public bool Equals(ImagePattern? other) => string.Equals(Text, other?.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImagePattern);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <summary>The pattern in canonical form.</summary>
    public override string ToString() => Text;

    private static string? Explain(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "it is empty";
        if (text.Length > Limits.PatternLength)
            return $"it has {text.Length} characters; at most {Limits.PatternLength} are accepted";
        if (text.Contains('@', StringComparison.Ordinal))
            return "patterns match repositories; a digest is not part of one";

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        if (host.Contains('*', StringComparison.Ordinal))
            return "the host has to be literal";
        if (slash < 0 || !IsHost(host))
            return "it has to start with a registry's host, such as docker.io/library/nginx or registry.example.com/**";

        var segments = text[(slash + 1)..].Split('/');
        if (segments[^1].Contains(':', StringComparison.Ordinal))
            return "patterns match repositories; a tag is not part of one";
        if (host is DockerHub or "index.docker.io" or "registry-1.docker.io"
            && segments is [var only] && only is not Rest && only.Contains('*', StringComparison.Ordinal))
            return "no repository of docker.io has a single segment; write docker.io/library/… or docker.io/*/…";

        return ExplainSegments(segments);
    }

    // A bare name such as "payments" would be a path on docker.io to the parser of names.
    private static bool IsHost(string host) =>
        Repository.TryParse(host + "/x/y", out var repository, out _) && repository.Path is "x/y";

    private static string? ExplainSegments(string[] segments)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment is Rest && i == segments.Length - 1)
                continue;
            if (segment.Contains(Rest, StringComparison.Ordinal))
                return "** stands alone as the last segment, after a /";

            // Letters on both sides of every separator are the most that a star can offer a path segment.
            var best = segment.Replace("*", "x", StringComparison.Ordinal);
            if (!Repository.TryParse("localhost/" + best, out _, out _))
                return $"no repository can have the path segment '{Printable.Escape(segment)}'";
        }

        var shortest = segments.Sum(segment => segment.Length - segment.Count(c => c == '*') + 1) - 1;
        return shortest > Limits.RepositoryPathLength
            ? $"it is longer than any repository's path, which has at most {Limits.RepositoryPathLength} characters"
            : null;
    }
}
