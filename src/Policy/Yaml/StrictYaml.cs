// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using YamlDotNet.Core;

namespace SupplyChain.Policy.Yaml;

/// <summary>
/// Reads YAML from outside the way this product reads it everywhere: valid UTF-8, bounded in bytes, depth and events;
/// no aliases, anchors, tags, merge keys, directives or duplicate keys. It walks the parser's events and never calls a
/// deserializer, which some hundred opening brackets can end the process through.
/// </summary>
public static class StrictYaml
{
    /// <summary>Reads a file that is exactly one document.</summary>
    /// <param name="utf8">The whole file, at most <see cref="Limits.PolicyBytes"/>.</param>
    /// <param name="root">The document.</param>
    /// <param name="problem">What was wrong when the result is <see langword="false"/>.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out YamlNode? root,
        [NotNullWhen(false)] out YamlProblem? problem)
    {
        root = null;
        if (!TryRead(utf8, Limits.PolicyBytes, documentLimit: 1, out var documents, out problem))
            return false;

        if (documents.Count == 0)
        {
            problem = new YamlProblem(new Position(1, 1), "the file is empty");
            return false;
        }

        root = documents[0];
        return true;
    }

    /// <summary>
    /// Reads a file of any number of documents, such as Kubernetes manifests; documents that hold nothing are left out.
    /// </summary>
    /// <param name="utf8">The whole file, at most <see cref="Limits.ManifestFileBytes"/>.</param>
    /// <param name="documents">The documents, in order.</param>
    /// <param name="problem">What was wrong when the result is <see langword="false"/>.</param>
    public static bool TryReadAll(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<YamlNode>? documents,
        [NotNullWhen(false)] out YamlProblem? problem) =>
        TryRead(utf8, Limits.ManifestFileBytes, Limits.ManifestFileDocuments, out documents, out problem);

    private static bool TryRead(
        ReadOnlyMemory<byte> utf8, int byteLimit, int documentLimit,
        [NotNullWhen(true)] out IReadOnlyList<YamlNode>? documents, [NotNullWhen(false)] out YamlProblem? problem)
    {
        documents = null;
        if (!YamlText.TryDecode(utf8.Span, byteLimit, out var text, out problem))
            return false;

        try
        {
            documents = new YamlTreeBuilder(text, documentLimit).ReadStream();
            problem = null;
            return true;
        }
        catch (YamlRefusal refusal)
        {
            problem = refusal.Problem;
        }
        catch (YamlException malformed)
        {
            problem = new YamlProblem(
                YamlTreeBuilder.At(malformed.Start), "not YAML: " + Printable.Escape(malformed.Message));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or FormatException
            or OverflowException or IndexOutOfRangeException)
        {
            // The parser states some syntax errors through its own broken assumptions.
            problem = new YamlProblem(new Position(1, 1), "not YAML: " + Printable.Escape(fault.Message));
        }

        return false;
    }
}
