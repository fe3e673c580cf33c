// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>The highest version of a policy set that was put in force, as it is kept from one process to the next.</summary>
/// <param name="Name">The set.</param>
/// <param name="Version">The version.</param>
/// <param name="Content">The SHA-256 of what was signed as that version.</param>
internal sealed record AcceptedVersion(string Name, long Version, Digest Content)
{
    private static readonly string[] Members = ["name", "version", "content"];

    internal static bool TryRead(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out AcceptedVersion? accepted)
    {
        accepted = null;
        if (!StrictJson.TryParse(utf8, out var json, out _))
            return false;

        using (json)
        {
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal).SequenceEqual(Members.Order(StringComparer.Ordinal), StringComparer.Ordinal)
                && root.GetProperty("name") is { ValueKind: JsonValueKind.String } name
                && root.GetProperty("version") is { ValueKind: JsonValueKind.Number } number
                && number.TryGetInt64(out var version) && version > 0
                && root.GetProperty("content") is { ValueKind: JsonValueKind.String } content
                && Digest.TryParse(content.GetString(), out var digest, out _))
            {
                accepted = new AcceptedVersion(name.GetString()!, version, digest);
            }
        }

        return accepted is not null;
    }

    internal byte[] Write()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, Name);
            json.WriteNumber("version"u8, Version);
            json.WriteString("content"u8, Content.ToString());
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }
}
