// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>A registry, or a path on one with all that lies below it at a segment's boundary. No wildcards.</summary>
public sealed record RepositoryPrefix
{
    private RepositoryPrefix(string host, string text)
    {
        Host = host;
        Text = text;
    }

    /// <summary>The registry's host.</summary>
    public string Host { get; }

    /// <summary>The prefix in canonical form, such as <c>registry.example.com/payments</c>.</summary>
    public string Text { get; }

    /// <summary>Reads a prefix: <c>host</c> or <c>host/path</c>.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out RepositoryPrefix? prefix, [NotNullWhen(false)] out string? problem)
    {
        prefix = null;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var host = slash < 0 ? text : text![..slash];
        // A path below the host keeps the parser of names from taking "payments" for an image on docker.io.
        if (!Repository.TryParse($"{host}/x/y", out var below, out problem) || below.Path is not "x/y")
        {
            problem = $"'{Printable.Escape(text)}' does not start with a registry's host";
            return false;
        }

        if (slash < 0)
        {
            prefix = new RepositoryPrefix(below.Host, below.Host);
            return true;
        }

        if (!Repository.TryParse(text, out var repository, out problem))
            return false;

        prefix = new RepositoryPrefix(repository.Host, repository.ToString());
        return true;
    }

    /// <summary>Whether <paramref name="repository"/> is the prefix itself or lies below it.</summary>
    public bool Covers(Repository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var name = repository.ToString();
        return name.StartsWith(Text, StringComparison.Ordinal)
            && (name.Length == Text.Length || name[Text.Length] == '/');
    }

    /// <summary>The prefix in canonical form.</summary>
    public override string ToString() => Text;
}
