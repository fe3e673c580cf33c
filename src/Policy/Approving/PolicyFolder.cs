// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Approving;

/// <summary>A folder of policies as it was read: what is judged is what is loaded, however the folder changes meanwhile.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Files">Its policies; each path begins with the folder's.</param>
/// <param name="Envelope">Its <see cref="PolicyApproval.FileName"/>; null when there is none.</param>
public sealed record PolicyFolder(string Path, IReadOnlyList<PolicyFile> Files, ReadOnlyMemory<byte>? Envelope)
{
    /// <summary>Where the envelope lies, or would.</summary>
    public string EnvelopePath => System.IO.Path.Combine(Path, PolicyApproval.FileName);

    /// <summary>Its documents as an approval lists them.</summary>
    public IReadOnlyList<ApprovedDocument> Documents { get; } =
    [
        .. Files.Select(file => new ApprovedDocument(RelativePath(Path, file.Path), Digest.Compute(file.Content.Span)))
            .OrderBy(document => document.Path, StringComparer.Ordinal),
    ];

    /// <summary>What differs from the documents of an approval, each with its path; empty when nothing does.</summary>
    public IReadOnlyList<DocumentDifference> Compare(PolicyApproval approval)
    {
        ArgumentNullException.ThrowIfNull(approval);
        var approved = approval.Documents.ToDictionary(document => document.Path, document => document.Digest, StringComparer.Ordinal);
        var found = Documents.ToDictionary(document => document.Path, document => document.Digest, StringComparer.Ordinal);
        return
        [
            .. approved.Keys.Union(found.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(path => new DocumentDifference(path, approved.GetValueOrDefault(path), found.GetValueOrDefault(path)))
                .Where(difference => difference.Approved != difference.Found),
        ];
    }

    private static string RelativePath(string folder, string path) =>
        System.IO.Path.GetRelativePath(folder, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
}

/// <summary>That a document is not what was approved.</summary>
/// <param name="Path">Its path below the folder.</param>
/// <param name="Approved">What was approved; null when nothing of that path was.</param>
/// <param name="Found">What is there; null when nothing is.</param>
public sealed record DocumentDifference(string Path, Digest? Approved, Digest? Found)
{
    /// <summary><c>changed</c>, <c>added</c> or <c>removed</c>.</summary>
    public string Word => Approved is null ? "added" : Found is null ? "removed" : "changed";
}
