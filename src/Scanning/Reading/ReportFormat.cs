// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// One accepted format: what marks it, what is read of it, and what becomes of that. The first mark in a document decides
/// what the document is read as; a mark of another format anywhere beside it refuses the document.
/// </summary>
internal sealed class ReportFormat
{
    /// <summary>The name, for people, such as <c>Grype JSON</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Members of the top level that only this format has. Values are not looked at: what they say is judged at the end.</summary>
    public required IReadOnlyList<string> Marks { get; init; }

    /// <summary>What is read of the top level.</summary>
    public required (string Name, Shape Shape)[] Members { get; init; }

    /// <summary>Where the format also comes as a list of documents: members of an element that only this format has.</summary>
    public IReadOnlyList<string> ElementMarks { get; init; } = [];

    /// <summary>What one element of such a list is.</summary>
    public Shape? Element { get; init; }

    /// <summary>Whether another scanner's report stands inside. Inside of that there may be none.</summary>
    public bool IsWrapper { get; init; }

    /// <summary>Makes the report of a document that was read to its end, or refuses through the draft what is none.</summary>
    public required Func<ReportDraft, ScanReport?> Complete { get; init; }
}
