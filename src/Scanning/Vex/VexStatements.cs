// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>The statements of one document in its own order, within limits.</summary>
internal sealed class VexStatements
{
    private readonly List<VexStatement> _statements = [];
    private int _products;

    internal IReadOnlyList<VexStatement> All => _statements;

    internal void Add(VexStatement statement)
    {
        if (_statements.Count == Limits.VexStatements)
            throw new DocumentRefusal($"it makes more than {Limits.VexStatements} statements");

        _statements.Add(statement);
    }

    /// <summary>The products of a statement. They are counted as they are made: a short document can name many.</summary>
    internal IReadOnlyList<VexProduct> Collect(IEnumerable<VexProduct> products)
    {
        var collected = new List<VexProduct>();
        foreach (var product in products)
        {
            _products += 1 + product.Subcomponents.Count;
            if (_products > Limits.VexProducts)
                throw new DocumentRefusal($"it names products and parts of them more than {Limits.VexProducts} times");

            collected.Add(product);
        }

        return collected;
    }
}
