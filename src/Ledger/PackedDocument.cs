// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>A document as it lies in the ledger: packed by Brotli (RFC 7932), and found by the digest of what is inside.</summary>
public sealed class PackedDocument
{
    // From here on packing takes much longer and saves little.
    private const int Quality = 5;
    private const int Window = 22;

    internal PackedDocument(Digest digest, string form, long length, ReadOnlyMemory<byte> packed)
    {
        Digest = digest;
        Form = form;
        Length = length;
        Packed = packed;
    }

    /// <summary>The SHA-256 of the bytes inside.</summary>
    public Digest Digest { get; }

    /// <summary>What it is, in one word.</summary>
    public string Form { get; }

    /// <summary>How many bytes are inside.</summary>
    public long Length { get; }

    internal ReadOnlyMemory<byte> Packed { get; }

    /// <summary>The bytes inside, after making sure that they are those it is called by.</summary>
    /// <param name="content">The bytes, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was changed in the file, when it is not.</param>
    public bool TryUnpack([NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? problem)
    {
        content = null;
        if (Length is < 0 or > Limits.LedgerDocumentBytes)
        {
            problem = Changed($"at most {Limits.LedgerDocumentBytes} bytes", $"{Length}");
            return false;
        }

        var unpacked = new byte[Length];
        if (!BrotliDecoder.TryDecompress(Packed.Span, unpacked, out var written) || written != Length)
        {
            problem = Changed($"{Length} bytes", "others");
            return false;
        }

        var found = Digest.Compute(unpacked);
        problem = found == Digest ? null : Changed($"{Digest}", $"{found}");
        content = problem is null ? unpacked : null;
        return problem is null;
    }

    internal static PackedDocument Pack(LedgerDocument document)
    {
        if (document.Content.Length > Limits.LedgerDocumentBytes)
        {
            throw new ArgumentException(
                $"A document of the ledger has at most {Limits.LedgerDocumentBytes} bytes, not {document.Content.Length}.",
                nameof(document));
        }

        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(document.Content.Length)];
        return BrotliEncoder.TryCompress(document.Content.Span, packed, out var written, Quality, Window)
            ? new PackedDocument(document.Digest, document.Form, document.Content.Length, packed.AsMemory(0, written))
            : throw new InvalidOperationException("Brotli did not keep to the length it names.");
    }

    private string Changed(string expected, string found) =>
        $"the document {Digest} in the ledger was changed; expected {expected}, found {found}";
}
