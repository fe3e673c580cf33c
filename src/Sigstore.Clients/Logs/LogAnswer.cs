// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Reads what logs answer. Version 2 answers with an entry as bundles hold it; version 1 with a form of its own, under
/// the entry's id, with text in hexadecimal, and with members beside it that are of no use here.
/// </summary>
internal static class LogAnswer
{
    // Whoever reports a problem says whose answer it is.
    private static readonly ProtoDocument Document = new("the entry") { Malformed = "" };

    public static bool TryReadVersion2(
        byte[] content, [NotNullWhen(true)] out LogEntry? entry, [NotNullWhen(false)] out string? problem) =>
        Document.TryRead(content, LogEntry.Read, out entry, out problem);

    public static bool TryReadVersion1(
        byte[] content, string kind,
        [NotNullWhen(true)] out LogEntry? entry, [NotNullWhen(false)] out string? problem) =>
        Document.TryRead(content, answer => ReadVersion1(answer, kind), out entry, out problem);

    private static LogEntry ReadVersion1(ProtoElement answer, string kind)
    {
        if (answer.Value.ValueKind != JsonValueKind.Object || answer.Value.GetPropertyCount() != 1)
            throw new ProtoException("the answer does not hold one entry");

        var entry = answer with { Value = answer.Value.EnumerateObject().First().Value };
        var verification = entry.Required("verification");
        var proof = verification.Required("inclusionProof");
        return new LogEntry
        {
            LogId = Hex(entry.Required("logID")),
            LogIndex = entry.Required("logIndex").Number,
            Kind = kind,
            Version = "0.0.1",
            IntegratedTime = entry.Required("integratedTime").Number,
            Promise = verification.Required("signedEntryTimestamp").Bytes,
            Proof = new LogEntryProof(
                proof.Required("logIndex").Number, Hex(proof.Required("rootHash")), proof.Required("treeSize").Number,
                [.. proof.List("hashes", Limits.LogProofNodes).Select(node => (ReadOnlyMemory<byte>)Hex(node))],
                proof.Required("checkpoint").Text),
            Body = entry.Required("body").Bytes,
        };
    }

    private static byte[] Hex(ProtoElement element) =>
        element.Text.Length % 2 == 0 && element.Text.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(element.Text)
            : throw new ProtoException(
                $"{element.Path} is '{Printable.Escape(element.Text)}'; expected hexadecimal digits in lower case");
}
