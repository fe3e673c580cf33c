// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// The elements of an SPDX 3.0 document by id, wherever they stand: in the list or inside another one. Relations lead both ways
/// through it, in no order.
/// </summary>
/// <remarks>https://spdx.github.io/spdx-spec/v3.0.1/serializations/. Names mean what they say only in SPDX's own context.</remarks>
internal sealed class SpdxGraph
{
    private const string Context = "https://spdx.org/rdf/";
    private const string ContextFile = "/spdx-context.jsonld";

    private static readonly string[] Versions = ["3.0.0", "3.0.1"];

    private readonly Dictionary<string, JsonElement> _byId = new(StringComparer.Ordinal);
    private readonly List<JsonElement> _elements = [];

    private SpdxGraph(string version) => Version = version;

    /// <summary>The version that the context names.</summary>
    internal string Version { get; }

    internal static SpdxGraph Read(JsonElement root)
    {
        if (DocumentJson.Member(root, "spdxVersion") is not null)
            throw new DocumentRefusal("it has a spdxVersion, which only SPDX 2 has, and an @graph");

        var context = DocumentJson.Text(root, "@context");
        var version = Array.Find(Versions, known => string.Equals(context, Context + known + ContextFile, StringComparison.Ordinal))
            ?? throw new DocumentRefusal($"its @context '{Printable.Escape(context)}' is not that of SPDX {string.Join(" or ", Versions)}");
        var graph = new SpdxGraph(version);
        foreach (var element in DocumentJson.List(root, "@graph"))
            graph.Add(element);
        return graph;
    }

    /// <summary>The elements of these types.</summary>
    internal IEnumerable<JsonElement> OfType(params string[] types) =>
        _elements.Where(element => types.Contains(DocumentJson.Text(element, "type"), StringComparer.Ordinal));

    /// <summary>The element of that id; null when the document has none.</summary>
    internal JsonElement? Find(string? id) => id is not null && _byId.TryGetValue(id, out var element) ? element : null;

    /// <summary>The ids that a member refers to, whether it is one or a list, written as ids or as elements.</summary>
    internal static IEnumerable<string> References(JsonElement owner, string name) => DocumentJson.Member(owner, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => ReferenceTo(item, name)),
        { } one => [ReferenceTo(one, name)],
    };

    /// <summary>The package URL of an element; null when it has none.</summary>
    internal static string? PurlOf(JsonElement element) =>
        DocumentJson.Text(element, "software_packageUrl") ?? Identifiers(element, "packageUrl").FirstOrDefault();

    /// <summary>The identifiers of one type that an element has.</summary>
    internal static IEnumerable<string> Identifiers(JsonElement element, string type) => DocumentJson.List(element, "externalIdentifier")
        .Where(identifier => DocumentJson.Text(identifier, "externalIdentifierType") == type)
        .Select(identifier => DocumentJson.Text(identifier, "identifier")).OfType<string>();

    private static string? IdOf(JsonElement element) => DocumentJson.Text(element, "spdxId") ?? DocumentJson.Text(element, "@id");

    private static string ReferenceTo(JsonElement item, string name) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString()!,
        JsonValueKind.Object when IdOf(item) is { } id => id,
        _ => throw new DocumentRefusal($"its {name} refers to something without id"),
    };

    // JSON-LD would let the same type be written in other ways, which no reader of SPDX's own JSON expects.
    private static string? TypeOf(JsonElement value)
    {
        var type = DocumentJson.Text(value, "type");
        return DocumentJson.Member(value, "@type") is null
            && type?.StartsWith("spdx:", StringComparison.Ordinal) is not true && type?.StartsWith(Context, StringComparison.Ordinal) is not true
            ? type
            : throw new DocumentRefusal($"an element has its type '{Printable.Escape(type)}' in another form than SPDX writes it");
    }

    // As deep as the document, which is bounded.
    private void Add(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                Add(item);
        }

        if (value.ValueKind != JsonValueKind.Object)
            return;

        if (value.TryGetProperty("@context", out _))
            throw new DocumentRefusal("an element has an @context of its own, in which names may mean anything");
        if (TypeOf(value) is not null)
        {
            _elements.Add(value);
            if (IdOf(value) is { } id && !_byId.TryAdd(id, value))
                throw new DocumentRefusal($"two elements have the id '{Printable.Escape(id)}'");
        }

        foreach (var member in value.EnumerateObject())
            Add(member.Value);
    }
}
