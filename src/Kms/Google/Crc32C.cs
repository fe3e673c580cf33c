// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Kms.Google;

/// <summary>The checksum (RFC 3720, appendix B.4) by which Google Cloud KMS and its clients notice damage on the way.</summary>
internal static class Crc32C
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> content)
    {
        var sum = uint.MaxValue;
        foreach (var one in content)
            sum = Table[(sum ^ one) & 0xff] ^ (sum >> 8);
        return ~sum;
    }

    /// <summary>The checksum as the service writes it: a number in a string.</summary>
    public static string Text(ReadOnlySpan<byte> content) => Compute(content).ToString(CultureInfo.InvariantCulture);

    private static uint[] MakeTable()
    {
        const uint Polynomial = 0x82f63b78;
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var entry = i;
            for (var bit = 0; bit < 8; bit++)
                entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ Polynomial;
            table[i] = entry;
        }

        return table;
    }
}
