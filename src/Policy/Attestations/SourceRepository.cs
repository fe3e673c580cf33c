// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>A source repository as <c>host/path</c>, such as <c>github.com/example/payments</c>; compared character by character.</summary>
public sealed record SourceRepository
{
    private const string GitPrefix = "git+";
    private const string Scheme = "https://";
    private const string GitSuffix = ".git";

    private SourceRepository(string text) => Text = text;

    /// <summary>Host and path.</summary>
    public string Text { get; }

    /// <summary>Reads a repository as policies name it.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out SourceRepository? repository, [NotNullWhen(false)] out string? problem)
    {
        repository = text is not null && IsName(text) ? new SourceRepository(text) : null;
        problem = repository is null
            ? $"'{Printable.Escape(text)}' is not a source repository; expected host/path such as github.com/example/payments, without scheme, .git and wildcards"
            : null;
        return repository is not null;
    }

    /// <summary>
    /// Reads a repository as provenance names it: an <c>https</c> URL, with or without <c>git+</c> before and <c>.git</c>, <c>@reference</c>
    /// or <c>#reference</c> behind it. Everything else, user names, ports and escapes among it, names no repository.
    /// </summary>
    /// <param name="uri">The URL.</param>
    /// <param name="repository">The repository, when the result is <see langword="true"/>.</param>
    /// <param name="reference">The branch or tag it carries; null when it carries none.</param>
    public static bool TryParseUri(string? uri, [NotNullWhen(true)] out SourceRepository? repository, out string? reference)
    {
        (repository, reference) = (null, null);
        var rest = uri ?? "";
        if (rest.StartsWith(GitPrefix, StringComparison.Ordinal))
            rest = rest[GitPrefix.Length..];
        if (!rest.StartsWith(Scheme, StringComparison.Ordinal))
            return false;

        rest = rest[Scheme.Length..];
        var path = rest.IndexOf('/', StringComparison.Ordinal);
        var end = rest.IndexOfAny(['@', '#']);
        if (end >= 0)
        {
            // Before the path it would be a user's name, and the host what follows.
            if (end < path)
                return false;

            reference = rest[(end + 1)..];
            rest = rest[..end];
        }

        if (rest.EndsWith(GitSuffix, StringComparison.Ordinal))
            rest = rest[..^GitSuffix.Length];
        repository = IsName(rest) ? new SourceRepository(rest) : null;
        return repository is not null;
    }

    /// <summary>Host and path.</summary>
    public override string ToString() => Text;

    private static bool IsName(string text)
    {
        var segments = text.Split('/');
        return text.Length <= Limits.PatternLength && segments.Length >= 2
            && segments[0].Contains('.', StringComparison.Ordinal)
            && segments[0].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
            && segments.All(segment => segment is not ("" or "." or "..")
                && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~'))
            && !text.EndsWith(GitSuffix, StringComparison.Ordinal);
    }
}
