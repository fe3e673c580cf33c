// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy.Approving;

/// <summary>Reads the payload of an approval.</summary>
internal static class PolicyApprovalReader
{
    private static readonly string[] Members = ["name", "version", "issued", "expires", "documents"];
    private static readonly string[] DocumentMembers = ["path", "digest"];

    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out PolicyApproval? approval, [NotNullWhen(false)] out string? problem)
    {
        approval = null;
        if (!StrictJson.TryParse(utf8, out var json, out problem))
            return false;

        using (json)
        {
            problem = FindUnknown(json.RootElement, "the approval", Members);
            if (problem is null)
                approval = Read(json.RootElement, out problem);
        }

        return approval is not null && problem is null;
    }

    private static PolicyApproval? Read(JsonElement root, out string? problem)
    {
        var documents = new List<ApprovedDocument>();
        var name = Text(root, "name");
        var version = Number(root, "version");
        var issued = Time(root, "issued");
        var hasEnd = root.TryGetProperty("expires", out _);
        var expires = Time(root, "expires");
        problem = !PolicyApproval.IsName(name) ? "name is missing, or is not up to 63 of a-z, 0-9 and -"
            : version is not (>= 1 and <= PolicyApproval.LastVersion) ? $"version is missing, or is not a whole number from 1 to {PolicyApproval.LastVersion}"
            : issued is null ? "issued is missing, or is not a time such as 2027-01-31T12:00:00Z"
            : hasEnd && expires is null ? "expires is not a time such as 2027-01-31T12:00:00Z"
            : expires <= issued ? "expires is not after issued"
            : ReadDocuments(root, documents);
        return problem is not null
            ? null
            : new PolicyApproval
            {
                Name = name!,
                Version = version!.Value,
                Issued = issued!.Value,
                Expires = expires,
                Documents = documents,
            };
    }

    private static string? ReadDocuments(JsonElement root, List<ApprovedDocument> documents)
    {
        if (!root.TryGetProperty("documents", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            return "documents is missing, or is not a list of at least one";
        if (list.GetArrayLength() > Limits.PolicyDocuments)
            return $"documents has {list.GetArrayLength()} entries; at most {Limits.PolicyDocuments} are read";

        foreach (var entry in list.EnumerateArray())
        {
            if (FindUnknown(entry, $"documents[{documents.Count}]", DocumentMembers) is { } unknown)
                return unknown;
            if (Text(entry, "path") is not { Length: > 0 } path)
                return $"documents[{documents.Count}].path is missing, or is not text";
            if (!Digest.TryParse(Text(entry, "digest"), out var digest, out _) || !digest.IsSha256)
                return $"documents[{documents.Count}].digest is missing, or is not a sha256 digest";
            if (documents.Count > 0 && string.CompareOrdinal(documents[^1].Path, path) >= 0)
                return $"documents[{documents.Count}].path is not after the path before it, by ordinal order";

            documents.Add(new ApprovedDocument(path, digest));
        }

        return null;
    }

    private static string? FindUnknown(JsonElement element, string what, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return $"{what} is not an object";

        return element.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown
            ? $"{what} has an unknown member '{Printable.Escape(unknown)}'"
            : null;
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        Text(element, name) is { } text && PolicyTime.TryParse(text, out var time) ? time : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
