// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// An image as a package URL, the form in which a verification summary names it:
/// <c>pkg:oci/api@sha256%3A8f1e…?repository_url=registry.example.com/payments/api</c> (purl specification, type "oci").
/// </summary>
/// <param name="Repository">The repository the image is fetched from.</param>
/// <param name="Digest">The image's digest.</param>
public sealed record ImageResource(Repository Repository, Digest Digest)
{
    private const string Scheme = "pkg:oci/";
    private const string Qualifier = "repository_url=";

    /// <summary>
    /// Reads a package URL that names exactly a repository and a digest; other qualifiers are refused.
    /// </summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ImageResource? resource, [NotNullWhen(false)] out string? problem)
    {
        resource = null;
        if (text is null || text.Length > 2 * Limits.ImageReferenceLength
            || !text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            problem = $"'{Printable.Escape(text)}' is not an OCI package URL; "
                + $"expected {Scheme}NAME@DIGEST?{Qualifier}REPOSITORY";
            return false;
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        var question = text.IndexOf('?', StringComparison.Ordinal);
        if (at < 0 || question < at || !text.AsSpan(question + 1).StartsWith(Qualifier, StringComparison.Ordinal))
        {
            problem = $"'{Printable.Escape(text)}' does not name a digest and one {Qualifier.TrimEnd('=')}";
            return false;
        }

        // The grammars of repository and digest allow neither '&' nor '#' nor '%', so nothing else can hide here.
        var name = text[Scheme.Length..at];
        var version = Uri.UnescapeDataString(text[(at + 1)..question]);
        var location = Uri.UnescapeDataString(text[(question + 1 + Qualifier.Length)..]);
        if (!Repository.TryParse(location, out var repository, out problem)
            || !Digest.TryParse(version, out var digest, out problem))
        {
            return false;
        }

        if (!string.Equals(name, repository.Name, StringComparison.Ordinal))
        {
            problem = $"the package URL is named '{Printable.Escape(name)}' but its repository '{repository.Name}'";
            return false;
        }

        resource = new ImageResource(repository, digest);
        return true;
    }

    /// <summary>The package URL.</summary>
    public override string ToString()
    {
        var repository = string.Join('/', Repository.ToString().Split('/').Select(Uri.EscapeDataString));
        return $"{Scheme}{Repository.Name}@{Uri.EscapeDataString(Digest.ToString())}?{Qualifier}{repository}";
    }
}
