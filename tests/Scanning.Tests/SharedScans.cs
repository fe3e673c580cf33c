// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using SupplyChain.Testing;

namespace SupplyChain.Scanning.Tests;

/// <summary>The real documents that lie beside the checkout on some machines, and the table computed from them without this product.</summary>
internal static class SharedScans
{
    public static IReadOnlyList<Dictionary<string, string>> Rows()
    {
        if (SharedFiles.Find("scans/expected.tsv") is not { } table)
            return [];

        var lines = File.ReadAllLines(table).Select(line => line.Split('\t')).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    /// <summary>A document's bytes, unpacked; skips the running test where it is absent.</summary>
    public static byte[] Read(string file)
    {
        var path = SharedFiles.Require("scans/" + file);
        if (!file.EndsWith(".gz", StringComparison.Ordinal))
            return File.ReadAllBytes(path);

        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var content = new MemoryStream();
        packed.CopyTo(content);
        return content.ToArray();
    }
}
