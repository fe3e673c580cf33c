// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>What a document is, by what it holds.</summary>
internal enum DocumentForm
{
    Sbom,
    Statement,
    Envelope,
    Bundle,
}

/// <summary>Tells the forms apart by the members that only one of them has.</summary>
internal static class DocumentForms
{
    private static readonly (DocumentForm Form, string Name, string[] Marks)[] Known =
    [
        (DocumentForm.Sbom, "an SBOM", ["bomFormat", "spdxVersion", "@graph"]),
        (DocumentForm.Statement, "an in-toto statement", ["_type", "predicateType", "predicate", "subject"]),
        (DocumentForm.Envelope, "a DSSE envelope", ["payloadType", "payload", "signatures"]),
        (DocumentForm.Bundle, "a Sigstore bundle", ["verificationMaterial", "dsseEnvelope", "messageSignature"]),
    ];

    private static readonly string[] AllMarks = [.. Known.SelectMany(known => known.Marks)];

    /// <summary>The form of a document; null, and why, when it is of none or of several.</summary>
    internal static DocumentForm? Find(JsonElement root, out string? problem)
    {
        problem = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = "it is no JSON object";
        }
        else if (StrictJson.FindCaseVariant(root, AllMarks) is { } lookalike)
        {
            problem = $"some readers would take its member '{Printable.Escape(lookalike)}' for another one";
        }
        else
        {
            var found = Known.Where(known => known.Marks.Any(mark => root.TryGetProperty(mark, out _))).ToList();
            if (found is [var only])
                return only.Form;

            problem = found.Count == 0
                ? "it is neither an SBOM in JSON, nor a statement, envelope or bundle"
                : $"it says to be {string.Join(" and ", found.Select(known => known.Name))} at once";
        }

        return null;
    }
}
