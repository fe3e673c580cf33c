// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Transparency;

/// <summary>Text with signature lines below it; C2SP signed-note.</summary>
public sealed class SignedNote
{
    internal SignedNote(ReadOnlyMemory<byte> text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed: UTF-8 lines, each with its line feed. Nobody has verified it yet.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>The signature lines, at least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Reads a note of at most <see cref="Limits.NoteBytes"/>.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> content, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? problem) =>
        NoteReader.TryRead(content, out note, out problem);

    /// <summary>
    /// Verifies every signature that claims a key of <paramref name="keys"/>, by name and id. Others are left alone, for anybody may add
    /// them; one that claims a known key and is not by it spoils the note.
    /// </summary>
    /// <param name="keys">The keys that are known.</param>
    /// <param name="signers">Those that signed, each once, in their order; at least one.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public bool TryVerify(
        IReadOnlyList<NoteKey> keys, [NotNullWhen(true)] out IReadOnlyList<NoteKey>? signers, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(keys);
        signers = null;
        var found = new Dictionary<NoteKey, ReadOnlyMemory<byte>>(ReferenceEqualityComparer.Instance);
        foreach (var signature in Signatures)
        {
            var named = keys.Where(key => IsBy(signature, key)).ToList();
            if (named.Count > 1)
            {
                problem = $"{named.Count} known keys are named {Describe(signature)}, so that nobody can tell whose signature it is";
                return false;
            }

            if (named is not [var key] || (found.TryGetValue(key, out var same) && same.Span.SequenceEqual(signature.Content.Span)))
                continue;
            if (!key.Verify(Text, signature.Content))
            {
                problem = $"the signature of {Describe(signature)} is not by that key, or not of this text";
                return false;
            }

            found[key] = signature.Content;
        }

        problem = found.Count > 0
            ? null
            : $"none of the {Signatures.Count} signatures is by a known key; expected one by "
                + $"{(keys.Count == 0 ? "nobody" : string.Join(" or ", keys.Select(key => Describe(key.Name, key.Id))))}, "
                + $"found {string.Join(", ", Signatures.Take(4).Select(Describe))}";
        signers = problem is null ? [.. keys.Where(found.ContainsKey)] : null;
        return problem is null;
    }

    private static bool IsBy(NoteSignature signature, NoteKey key) =>
        key.Id == signature.KeyId && string.Equals(key.Name, signature.Name, StringComparison.Ordinal);

    private static string Describe(NoteSignature signature) => Describe(signature.Name, signature.KeyId);

    private static string Describe(string name, uint id) => $"{Printable.Escape(name)}+{id:x8}";
}
