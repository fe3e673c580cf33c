// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>
/// Reads SBOMs from documents that <see cref="StrictJson"/>, or the reader of attestations, accepted. A member that is there has to be
/// of the right kind: a component that is skipped would be one that nobody judges.
/// </summary>
public static class SbomReader
{
    /// <summary>Reads an SBOM of any format; a document with the marks of two is none.</summary>
    /// <param name="root">The document.</param>
    /// <param name="sbom">What it lists, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is wrong, printable, when it is not.</param>
    public static bool TryRead(JsonElement root, [NotNullWhen(true)] out Sbom? sbom, [NotNullWhen(false)] out string? problem)
    {
        sbom = null;
        problem = null;
        try
        {
            sbom = Read(root);
        }
        catch (DocumentRefusal refusal)
        {
            problem = refusal.Message;
        }

        return sbom is not null;
    }

    private static Sbom Read(JsonElement root)
    {
        bool Has(string mark) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(mark, out _);
        return (Has("bomFormat"), Has("spdxVersion"), Has("@graph")) switch
        {
            (true, false, false) => CycloneDxReader.Read(root),
            (false, true, false) => SpdxReader.Read(root),
            (false, false, true) => Spdx3Reader.Read(root),
            (false, false, false) => throw new DocumentRefusal("it is neither CycloneDX nor SPDX in JSON"),
            (false, true, true) => throw new DocumentRefusal("it says to be SPDX 2 and SPDX 3 at once"),
            _ => throw new DocumentRefusal("it says to be CycloneDX and SPDX at once"),
        };
    }
}
