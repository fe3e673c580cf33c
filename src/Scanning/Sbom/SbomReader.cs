// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>
/// Reads SBOMs from documents that <see cref="StrictJson"/>, or the reader of attestations, accepted. A member that is there has to be
/// of the right kind: a component that is skipped would be one that nobody judges.
/// </summary>
public static class SbomReader
{
    /// <summary>Reads an SBOM of either format; a document with the marks of both is none.</summary>
    /// <param name="root">The document.</param>
    /// <param name="sbom">What it lists, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is wrong, printable, when it is not.</param>
    public static bool TryRead(JsonElement root, [NotNullWhen(true)] out Sbom? sbom, [NotNullWhen(false)] out string? problem)
    {
        sbom = null;
        problem = null;
        var isObject = root.ValueKind == JsonValueKind.Object;
        var isCycloneDx = isObject && root.TryGetProperty("bomFormat", out _);
        var isSpdx = isObject && root.TryGetProperty("spdxVersion", out _);
        if (isCycloneDx == isSpdx)
        {
            problem = isCycloneDx ? "it says to be CycloneDX and SPDX at once" : "it is neither CycloneDX nor SPDX 2 in JSON";
            return false;
        }

        try
        {
            sbom = isCycloneDx ? CycloneDxReader.Read(root) : SpdxReader.Read(root);
        }
        catch (SbomRefusal refusal)
        {
            problem = refusal.Message;
        }

        return sbom is not null;
    }
}

/// <summary>Ends the reading of one SBOM from any depth; never leaves <see cref="SbomReader"/>.</summary>
internal sealed class SbomRefusal(string message) : Exception(message);
