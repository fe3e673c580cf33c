// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy.Approving;

/// <summary>One policy document that is approved.</summary>
/// <param name="Path">Its place below the folder, with <c>/</c> between segments.</param>
/// <param name="Digest">The SHA-256 of its bytes.</param>
public sealed record ApprovedDocument(string Path, Digest Digest);

/// <summary>
/// What is signed when a policy set is approved: exactly which documents, as which version of which set. It lies in an envelope
/// beside the documents (<see cref="FileName"/>, payload type <see cref="PayloadType"/>).
/// </summary>
public sealed record PolicyApproval
{
    /// <summary>What the envelope is called; a file of this name is no policy, in whatever folder.</summary>
    public const string FileName = "policies.dsse.json";

    /// <summary>The payload type of the envelope. No key signs it for anything else.</summary>
    public const string PayloadType = "application/vnd.supplychain.policy-set+json";

    /// <summary>The highest version that JSON numbers hold everywhere.</summary>
    public const long LastVersion = (1L << 53) - 1;

    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The set, such as <c>production</c>: what is approved for one is not for another.</summary>
    public required string Name { get; init; }

    /// <summary>From 1 on; whoever has put one in force takes none below it.</summary>
    public required long Version { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>From when on it approves nothing more; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Every document of the set, by ordinal order of their paths; at least one.</summary>
    public required IReadOnlyList<ApprovedDocument> Documents { get; init; }

    /// <summary>Whether a set may be called so: up to 63 of a-z, 0-9 and -, as policies are.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => text is not null && Values.IsLabel(text);

    /// <summary>Reads what was signed: strict JSON, no unknown members, documents in order and each once.</summary>
    /// <param name="utf8">The payload of the envelope.</param>
    /// <param name="approval">The approval, when the result is <see langword="true"/>.</param>
    /// <param name="problem">Why there is none, printable, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out PolicyApproval? approval, [NotNullWhen(false)] out string? problem) =>
        PolicyApprovalReader.TryRead(utf8, out approval, out problem);

    /// <summary>The approval as it is signed.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, Name);
            json.WriteNumber("version"u8, Version);
            json.WriteString("issued"u8, Times.Show(Issued));
            if (Expires is { } expires)
                json.WriteString("expires"u8, Times.Show(expires));
            json.WriteStartArray("documents"u8);
            foreach (var document in Documents)
            {
                json.WriteStartObject();
                json.WriteString("path"u8, document.Path);
                json.WriteString("digest"u8, document.Digest.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
