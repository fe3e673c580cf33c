// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;

namespace SupplyChain.Cli.Rendering;

/// <summary>JSON text for programs; everything but ASCII is escaped.</summary>
internal static class JsonText
{
    public static string Write(bool indented, Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented }))
            content(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
