// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

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
    /// <exception cref="LedgerException">They are not: the file was changed.</exception>
    public byte[] Unpack()
    {
        if (Length is < 0 or > Limits.LedgerDocumentBytes)
            throw Damaged($"at most {Limits.LedgerDocumentBytes} bytes", $"{Length}");

        var content = new byte[Length];
        if (!BrotliDecoder.TryDecompress(Packed.Span, content, out var written) || written != Length)
            throw Damaged($"{Length} bytes", "others");

        var found = Digest.Compute(content);
        return found == Digest ? content : throw Damaged($"{Digest}", $"{found}");
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

    private LedgerException Damaged(string expected, string found) => new(
        ReasonCode.AuditUnavailable, $"the document {Digest} in the ledger was changed; expected {expected}, found {found}");
}
