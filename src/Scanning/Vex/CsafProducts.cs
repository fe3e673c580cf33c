// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// The products of a CSAF document by id. They are found by package URL and digest alone: their names are for people, and may
/// contradict those.
/// </summary>
internal sealed class CsafProducts
{
    private readonly Dictionary<string, IReadOnlyList<VexComponent>> _leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Part, string Whole)> _relationships = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _groups = new(StringComparer.Ordinal);

    internal static CsafProducts Read(JsonElement root)
    {
        var products = new CsafProducts();
        if (DocumentJson.Object(root, "product_tree") is { } tree)
        {
            products.ReadBranches(tree);
            foreach (var product in DocumentJson.List(tree, "full_product_names"))
                products.AddLeaf(product);
            foreach (var relationship in DocumentJson.List(tree, "relationships"))
                products.AddRelationship(relationship);
            foreach (var group in DocumentJson.List(tree, "product_groups"))
                products._groups[IdOf(group, "group_id")] = [.. DocumentJson.Texts(group, "product_ids")];
        }

        return products;
    }

    internal IReadOnlyList<string> Group(string id) => _groups.GetValueOrDefault(id)
        ?? throw new DocumentRefusal($"it speaks of a group '{Printable.Escape(id)}' that it does not define");

    /// <summary>
    /// The product of that id, once for each package URL it has. A part of a part keeps nothing to be found by: without what lies
    /// between the two, more would be meant than was said.
    /// </summary>
    internal IEnumerable<VexProduct> Resolve(string id, VexStatus status)
    {
        if (_leaves.TryGetValue(id, out var leaf))
            return leaf.Select(component => VexNames.Product(component, []));
        if (!_relationships.TryGetValue(id, out var relationship))
            throw new DocumentRefusal($"it speaks of a product '{Printable.Escape(id)}' that it does not define");

        var (parts, wholes) = (LeafOf(relationship.Part), LeafOf(relationship.Whole));
        return _leaves.ContainsKey(relationship.Whole) && wholes.All(IsNameless)
            ? parts.Select(part => VexNames.Product(StandsForItself(part, status) ? part : VexNames.Nameless, []))
            : wholes.Select(whole => VexNames.Product(whole, parts));
    }

    private static bool IsNameless(VexComponent component) => component.Purl is null && component.Digests.Count == 0;

    // A platform with a CPE alone cannot be found. A build of one version is the same on all of them, but what is not affected on one may
    // be on another, unless it is a whole image.
    private static bool StandsForItself(VexComponent part, VexStatus status) =>
        PackageUrl.Split(part.Purl).Version is not null
        && (status != VexStatus.NotAffected || part.Purl!.StartsWith("pkg:oci/", StringComparison.Ordinal));

    private IReadOnlyList<VexComponent> LeafOf(string id) =>
        _leaves.TryGetValue(id, out var leaf) ? leaf
        : _relationships.ContainsKey(id) ? [VexNames.Nameless]
        : throw new DocumentRefusal($"it relates a product '{Printable.Escape(id)}' that it does not define");

    // As deep as the document, which is bounded.
    private void ReadBranches(JsonElement owner)
    {
        foreach (var branch in DocumentJson.List(owner, "branches"))
        {
            if (DocumentJson.Object(branch, "product") is { } product)
                AddLeaf(product);
            ReadBranches(branch);
        }
    }

    private void AddLeaf(JsonElement product)
    {
        var id = IdOf(product, "product_id");
        Define(id);
        _leaves.Add(id, ReadNames(product));
    }

    private void AddRelationship(JsonElement relationship)
    {
        var whole = DocumentJson.Object(relationship, "full_product_name")
            ?? throw new DocumentRefusal("it has a relationship without full_product_name");
        var id = IdOf(whole, "product_id");
        Define(id);
        _relationships.Add(
            id, (IdOf(relationship, "product_reference"), IdOf(relationship, "relates_to_product_reference")));
    }

    // Which of the two is meant decides what is judged.
    private void Define(string id)
    {
        if (_leaves.ContainsKey(id) || _relationships.ContainsKey(id))
            throw new DocumentRefusal($"it defines the product '{Printable.Escape(id)}' twice");
    }

    private static string IdOf(JsonElement owner, string name) => DocumentJson.RequiredText(owner, name, "a product");

    private static IReadOnlyList<VexComponent> ReadNames(JsonElement product)
    {
        if (DocumentJson.Object(product, "product_identification_helper") is not { } helper)
            return [VexNames.Nameless];

        var digests = DocumentJson.List(helper, "hashes")
            .SelectMany(file => DocumentJson.List(file, "file_hashes"))
            .Select(digest => (DocumentJson.Text(digest, "algorithm"), DocumentJson.Text(digest, "value"))).ToList();
        var purls = DocumentJson.Texts(helper, "purls").Append(DocumentJson.Text(helper, "purl")).OfType<string>()
            .Distinct(StringComparer.Ordinal).ToList();
        return purls.Count == 0
            ? [VexNames.Component(purl: null, digests)]
            : [.. purls.Select(purl => VexNames.Component(purl, digests))];
    }
}
