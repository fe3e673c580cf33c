// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Transparency;

/// <summary>What a log says of itself at one moment: its name, its size and its root; C2SP tlog-checkpoint.</summary>
public sealed class Checkpoint
{
    private Checkpoint(string origin, ulong size, ReadOnlyMemory<byte> root, IReadOnlyList<string> extensions)
    {
        Origin = origin;
        Size = size;
        Root = root;
        Extensions = extensions;
    }

    /// <summary>The log's name.</summary>
    public string Origin { get; }

    /// <summary>The number of its entries.</summary>
    public ulong Size { get; }

    /// <summary>The root of their tree, <see cref="MerkleTree.NodeBytes"/> bytes.</summary>
    public ReadOnlyMemory<byte> Root { get; }

    /// <summary>Further lines, whatever they mean.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>
    /// Verifies a checkpoint of the log <paramref name="origin"/>: the note has a signature by one of its keys, and the text is about it.
    /// Signatures of others, such as witnesses, neither help nor harm.
    /// </summary>
    /// <param name="note">The note.</param>
    /// <param name="origin">The log's name, as its trust root says it.</param>
    /// <param name="keys">The log's keys.</param>
    /// <param name="checkpoint">What the log says.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        SignedNote note, string origin, IReadOnlyList<NoteKey> keys,
        [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(note);
        checkpoint = null;
        if (!note.TryVerify(keys, out _, out problem) || !TryParse(note.Text.Span, out var parsed, out problem))
            return false;
        if (!string.Equals(parsed.Origin, origin, StringComparison.Ordinal))
        {
            problem = $"the checkpoint is of log '{Printable.Escape(parsed.Origin)}'; expected '{Printable.Escape(origin)}'";
            return false;
        }

        checkpoint = parsed;
        return true;
    }

    /// <summary>Reads the text of a checkpoint, signed or not.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> text, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem)
    {
        checkpoint = null;
        var lines = text.Length > Limits.NoteBytes ? [] : Encoding.UTF8.GetString(text).Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0)
        {
            problem = "a checkpoint has a line each with a log's name, size and root, each with its line feed";
            return false;
        }

        // Extension lines are not empty: an empty line is where signatures begin.
        if (lines[0].Length == 0 || lines[3..^1].Any(line => line.Length == 0))
        {
            problem = "a checkpoint has no empty line";
            return false;
        }

        if (!TryParseSize(lines[1], out var size))
        {
            problem = $"the size of a log is a decimal number without leading zeros, found '{Printable.Escape(lines[1])}'";
            return false;
        }

        if (!CanonicalBase64.TryDecode(lines[2], Limits.NoteBytes, out var root) || root.Length != MerkleTree.NodeBytes)
        {
            problem = $"the root of a log is {MerkleTree.NodeBytes} bytes in base64, found '{Printable.Escape(lines[2])}'";
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, root, lines[3..^1]);
        problem = null;
        return true;
    }

    private static bool TryParseSize(string text, out ulong size) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && (text[0] != '0' || text.Length == 1);
}
