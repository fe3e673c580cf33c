// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;
using SupplyChain.Scanning.Vex;

namespace SupplyChain.Scanning;

/// <summary>
/// Reads VEX documents. The format is told by content; a document is strict JSON, of one format alone, and had whole or not at all: a
/// statement that is left out may be the one that takes another back.
/// </summary>
public static class VexReader
{
    private const string Accepted = "accepted are OpenVEX, CSAF, CycloneDX and SPDX 3";

    // Names that readers which ignore letter case would take for these.
    private static readonly string[] TopLevel =
        ["@context", "@graph", "statements", "timestamp", "author", "document", "product_tree", "vulnerabilities", "metadata", "components"];

    /// <summary>Reads a VEX document of any format. One that says nothing of vulnerabilities has no statements.</summary>
    /// <param name="content">The document.</param>
    /// <param name="document">What it says, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What is wrong, printable, when it is not.</param>
    /// <param name="advisories">Whether a CSAF security advisory counts, which tells more than VEX and is no statement about use.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> content, [NotNullWhen(true)] out VexDocument? document, [NotNullWhen(false)] out string? problem,
        bool advisories = false)
    {
        document = null;
        problem = FindExcess(content.Span);
        if (problem is not null || !StrictJson.TryParse(content, out var json, out problem))
            return false;

        using (json)
        {
            try
            {
                document = Read(json.RootElement, Digest.Compute(content.Span), advisories);
            }
            catch (DocumentRefusal refusal)
            {
                problem = refusal.Message;
            }
        }

        return document is not null;
    }

    private static VexDocument Read(JsonElement root, Digest digest, bool advisories)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new DocumentRefusal($"it is no JSON object; {Accepted}");

        return ReportFormats.MarkedBy(root) switch
        {
            [ReportFormats.OpenVex] => OpenVexReader.Read(Checked(root), digest),
            [ReportFormats.Csaf] => CsafReader.Read(Checked(root), digest, advisories),
            [ReportFormats.CycloneDx] => CycloneDxVexReader.Read(Checked(root), digest),
            [ReportFormats.Spdx3] => SpdxVexReader.Read(Checked(root), digest),
            [] => throw new DocumentRefusal($"it is of no known format; {Accepted}"),
            [var other] => throw new DocumentRefusal($"this is {other}, which is no VEX; {Accepted}"),
            var several => throw new DocumentRefusal($"it can be read as {string.Join(" and as ", several)}"),
        };
    }

    private static JsonElement Checked(JsonElement root) => StrictJson.FindCaseVariant(root, TopLevel) is { } variant
        ? throw new DocumentRefusal($"its member '{Printable.Escape(variant)}' differs from a known one only in letter case")
        : root;

    // A tree takes memory for each token, however short it is written.
    private static string? FindExcess(ReadOnlySpan<byte> content)
    {
        if (content.Length > Limits.VexBytes)
            return $"it has {content.Length} bytes; at most {Limits.VexBytes} are read";

        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = Limits.Depth });
        try
        {
            for (var tokens = 0; reader.Read(); tokens++)
            {
                if (tokens == Limits.VexTokens)
                    return $"it has more than {Limits.VexTokens} JSON tokens";
            }
        }
        catch (JsonException malformed)
        {
            return JsonRules.FindProblem(content) ?? JsonRules.Describe(malformed);
        }

        return null;
    }
}
