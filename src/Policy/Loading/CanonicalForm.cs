// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>
/// The form of a document that its revision is computed over: compact JSON, members in ordinal order of their names,
/// every scalar as the text that was written. Comments, quoting, order of members and the choice of YAML or JSON make
/// no difference; any other change does.
/// </summary>
internal static class CanonicalForm
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Digest RevisionOf(YamlNode document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, document);

        return Digest.Compute(buffer.WrittenSpan);
    }

    /// <summary>The revision of a set: it does not matter in which files or order the documents were.</summary>
    internal static Digest RevisionOf(IEnumerable<(string Kind, string Name, Digest Revision)> documents)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartArray();
            foreach (var (kind, name, revision) in documents
                .OrderBy(document => document.Kind, StringComparer.Ordinal)
                .ThenBy(document => document.Name, StringComparer.Ordinal))
            {
                writer.WriteStartArray();
                writer.WriteStringValue(kind);
                writer.WriteStringValue(name);
                writer.WriteStringValue(revision.ToString());
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        return Digest.Compute(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var member in mapping.Members.OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                    Write(writer, item);

                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }
}
