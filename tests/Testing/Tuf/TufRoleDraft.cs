// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Tuf;

/// <summary>A role of a simulated TUF repository: who signs what, and what is wrong with the next document, if anything is.</summary>
public sealed class TufRoleDraft(string name, int threshold, TimeSpan validFor, params IEnumerable<TufSigner> keys)
{
    public string Name { get; } = name;

    public List<TufSigner> Keys { get; } = [.. keys];

    public int Threshold { get; set; } = threshold;

    /// <summary>The version that was published last.</summary>
    public int Version { get; set; }

    public TimeSpan ValidFor { get; set; } = validFor;

    /// <summary>Who signs instead of <see cref="Keys"/>.</summary>
    public IReadOnlyList<TufSigner>? Signers { get; set; }

    /// <summary>Changes what is signed, before it is.</summary>
    public Action<JsonObject>? Change { get; set; }

    /// <summary>Changes the document after it was signed.</summary>
    public Action<JsonObject>? Damage { get; set; }

    /// <summary>Replaces all keys by as many new ones.</summary>
    public void Rotate()
    {
        var count = Keys.Count;
        Keys.Clear();
        Keys.AddRange(Enumerable.Range(0, count).Select(_ => TufSigner.EcdsaP256()));
    }
}
