// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>What somebody asserts about an artifact, by SCAI's attribute report v0.2 or v0.3.</summary>
/// <param name="Attributes">The attributes; at least one.</param>
/// <remarks>https://github.com/in-toto/attestation/blob/main/spec/predicates/scai.md</remarks>
public sealed record AttributeReport(IReadOnlyList<AssertedAttribute> Attributes)
{
    /// <summary>Reads a predicate.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="report">What it says, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is missing or of the wrong shape, printable, when it is not.</param>
    public static bool TryRead(JsonElement predicate, [NotNullWhen(true)] out AttributeReport? report, [NotNullWhen(false)] out string? problem)
    {
        report = null;
        if (PredicateJson.Member(predicate, "attributes") is not { ValueKind: JsonValueKind.Array } list
            || list.GetArrayLength() is 0 or > Limits.AttributesInReport)
        {
            problem = $"its attributes are not a list of 1 to {Limits.AttributesInReport}";
            return false;
        }

        var attributes = new List<AssertedAttribute>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            if (PredicateJson.Text(item, "attribute") is not { Length: > 0 } name)
            {
                problem = "it has an attribute that is not named";
                return false;
            }

            var evidence = PredicateJson.Member(item, "evidence");
            if (evidence is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            {
                problem = $"the evidence of '{Printable.Escape(name)}' is no object";
                return false;
            }

            attributes.Add(new AssertedAttribute(name, PredicateJson.Text(evidence, "name"), PredicateJson.Text(evidence, "downloadLocation")));
        }

        report = new AttributeReport(attributes);
        problem = null;
        return true;
    }
}

/// <summary>One attribute, and where its author says the evidence lies; nobody follows that.</summary>
/// <param name="Name">The attribute.</param>
/// <param name="EvidenceName">What the evidence is called; null when not told.</param>
/// <param name="EvidenceLocation">Where it lies; null when not told.</param>
public sealed record AssertedAttribute(string Name, string? EvidenceName, string? EvidenceLocation);
