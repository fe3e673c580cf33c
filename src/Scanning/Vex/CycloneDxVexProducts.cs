// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// What the vulnerabilities of a CycloneDX document refer to: the component that the document is about, as a product, and the others as
/// parts of it.
/// </summary>
internal sealed class CycloneDxVexProducts
{
    private readonly Dictionary<string, JsonElement> _byReference = new(StringComparer.Ordinal);
    private string? _own;
    private JsonElement? _subject;

    internal static CycloneDxVexProducts Read(JsonElement root)
    {
        var products = new CycloneDxVexProducts
        {
            _own = LinkOf(root),
            _subject = DocumentJson.Object(root, "metadata") is { } metadata ? DocumentJson.Object(metadata, "component") : null,
        };
        if (products._subject is { } subject)
            products.Add(subject);
        products.AddAll(root);
        return products;
    }

    /// <summary>
    /// What is affected, by version where the document lists versions: a version's own status outranks the state. Ranges are not compared: in
    /// one that sets something aside nothing is found, and one that does not stands for every version.
    /// </summary>
    internal IEnumerable<(VexStatus Status, VexProduct Product)> Resolve(JsonElement affected, VexStatus state)
    {
        var component = Find(DocumentJson.RequiredText(affected, "ref", "something affected"));
        var own = NameOf(component);
        var versions = DocumentJson.List(affected, "versions").ToList();
        foreach (var item in versions)
        {
            var status = StatusOf(DocumentJson.Text(item, "status"), state);
            yield return (status, ProductOf(component, InVersion(own, DocumentJson.Text(item, "version"), SetsAside(status))));
        }

        // The version at hand may be one that is not listed.
        if (versions.Count == 0 || !SetsAside(state))
            yield return (state, ProductOf(component, own));
    }

    private static VexStatus StatusOf(string? written, VexStatus state) => written switch
    {
        null => state,
        "affected" => VexStatus.Affected,
        "unaffected" => SetsAside(state) ? state : VexStatus.NotAffected,
        _ => VexStatus.Unknown,
    };

    private static bool SetsAside(VexStatus status) => status is VexStatus.NotAffected or VexStatus.Fixed;

    private VexProduct ProductOf(JsonElement? component, VexComponent name) =>
        _subject is not { } subject || IsSubject(component) ? VexNames.Product(name, []) : VexNames.Product(NameOf(subject), [name]);

    private bool IsSubject(JsonElement? component) =>
        component is { } found && _subject is { } subject && DocumentJson.Text(found, "bom-ref") == DocumentJson.Text(subject, "bom-ref");

    // Grype and others write the image's digest where its version belongs.
    private VexComponent NameOf(JsonElement? component)
    {
        if (component is not { } found)
            return VexNames.Nameless;

        return DocumentJson.Text(found, "purl") is { } purl ? new VexComponent { Purl = purl }
            : IsSubject(component) && Digest.TryParse(DocumentJson.Text(found, "version"), out var digest, out _)
                ? new VexComponent { Digests = [digest] }
                : VexNames.Nameless;
    }

    private static VexComponent InVersion(VexComponent own, string? version, bool setsAside)
    {
        if (setsAside && (version is null || own.Purl is null))
            return VexNames.Nameless;

        return own.Purl is null ? own : new VexComponent { Purl = WithVersion(own.Purl, version) };
    }

    private JsonElement? Find(string reference)
    {
        if (_own is not null && reference.StartsWith(_own, StringComparison.Ordinal))
            reference = Uri.UnescapeDataString(reference[_own.Length..]);
        return _byReference.TryGetValue(reference, out var component) ? component : null;
    }

    private static string? LinkOf(JsonElement root)
    {
        const string serial = "urn:uuid:";
        var version = DocumentJson.Member(root, "version") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            ? value : 1;
        return DocumentJson.Text(root, "serialNumber") is { } text && text.StartsWith(serial, StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"urn:cdx:{text[serial.Length..]}/{version}#")
            : null;
    }

    // As deep as the document, which is bounded.
    private void AddAll(JsonElement owner)
    {
        foreach (var component in DocumentJson.List(owner, "components"))
            Add(component);
    }

    private void Add(JsonElement component)
    {
        if (DocumentJson.Text(component, "bom-ref") is { } reference && !_byReference.TryAdd(reference, component))
            throw new DocumentRefusal($"two components have the bom-ref '{Printable.Escape(reference)}'");

        AddAll(component);
    }

    private static string WithVersion(string purl, string? version)
    {
        var end = purl.AsSpan().IndexOfAny('?', '#');
        var (path, rest) = end < 0 ? (purl, "") : (purl[..end], purl[end..]);
        var at = path.LastIndexOf('@');
        // pkg:npm/@scope/name: a scope, no version.
        var name = at > 0 && path[at - 1] != '/' ? path[..at] : path;
        return version is null ? name + rest : $"{name}@{Uri.EscapeDataString(version)}{rest}";
    }
}
