// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using SupplyChain.Model;

namespace SupplyChain.Transparency;

/// <summary>Splits a note; C2SP signed-note, "Format".</summary>
internal static class NoteReader
{
    private const int KeyIdBytes = sizeof(uint);

    internal static bool TryRead(
        ReadOnlyMemory<byte> content, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? problem)
    {
        note = null;
        problem = Explain(content.Span);
        if (problem is not null)
            return false;

        // Empty lines may be in the text too: the last one ends it.
        var end = content.Span.LastIndexOf("\n\n"u8);
        if (end <= 0)
        {
            problem = "a note is text, an empty line and signature lines; there is no text, or no empty line below it";
            return false;
        }

        var signatures = new List<NoteSignature>();
        var lines = content.Span[(end + 2)..];
        while (lines.Length > 0)
        {
            var length = lines.IndexOf((byte)'\n');
            if (signatures.Count == Limits.NoteSignatures)
                problem = $"a note has at most {Limits.NoteSignatures} signatures";
            else if (TryReadLine(lines[..length], out var signature))
                signatures.Add(signature);
            else
                problem = $"signature line {signatures.Count + 1} is '{Printable.Escape(Encoding.UTF8.GetString(lines[..Math.Min(length, 80)]))}'; "
                    + "expected '— NAME BASE64' with a key id and a signature";
            if (problem is not null)
                return false;

            lines = lines[(length + 1)..];
        }

        if (signatures.Count == 0)
        {
            problem = "there is no signature line below the note's text";
            return false;
        }

        note = new SignedNote(content[..(end + 1)], signatures);
        return true;
    }

    private static string? Explain(ReadOnlySpan<byte> content)
    {
        if (content.Length > Limits.NoteBytes)
            return $"a note has at most {Limits.NoteBytes} bytes, found {content.Length}";
        if (content is not [.., (byte)'\n'])
            return "a note ends with a line feed";
        if (!Utf8.IsValid(content))
            return "a note is UTF-8, and this is not";

        foreach (var octet in content)
        {
            if (octet < ' ' && octet != '\n')
                return $"a note has no control characters but line feeds, found 0x{octet:x2}";
        }

        return null;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        var dash = "— "u8;
        if (!line.StartsWith(dash))
            return false;

        var rest = line[dash.Length..];
        var space = rest.IndexOf((byte)' ');
        if (space <= 0 || !CanonicalBase64.TryDecode(rest[(space + 1)..], out var content) || content.Length <= KeyIdBytes)
            return false;

        var name = Encoding.UTF8.GetString(rest[..space]);
        if (name.Any(c => char.IsWhiteSpace(c) || c == '+'))
            return false;

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(content), content.AsMemory(KeyIdBytes));
        return true;
    }
}
