// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class EntryHashTests
{
    [Fact]
    public void Is_the_published_one()
    {
        // Computed once with another program from the documented bytes.
        var hash = EntryHash.Compute(7, 1_795_341_600_000, "intent"u8, "0198c0de"u8, "{\"a\":1}"u8, new byte[32]);

        Assert.Equal("sha256:f4f8558c8cdedcb38d5ccca32eeb947059addb7dddfeeca089c1109f9c37f68d", hash.ToString());
    }

    [Fact]
    public async Task Of_a_stored_entry_can_be_computed_from_the_documented_bytes_alone()
    {
        using var folder = new TempFolder();
        await using var ledger = await Sample.OpenAsync(folder);
        await ledger.SignAsync(Sample.Plain());

        var previous = new byte[32];
        foreach (var entry in await ledger.ShowAsync())
        {
            using var bytes = new MemoryStream();
            Field(bytes, "supplychain/ledger/entry/v1"u8);
            Field(bytes, Number(entry.Sequence));
            Field(bytes, Number(entry.Time.ToUnixTimeMilliseconds()));
            Field(bytes, Encoding.UTF8.GetBytes(entry.Kind.ToWord()));
            Field(bytes, Encoding.UTF8.GetBytes(entry.Request));
            Field(bytes, entry.Body.Span);
            Field(bytes, previous);

            Assert.Equal(Digest.FromSha256(SHA256.HashData(bytes.ToArray())), entry.Hash);
            previous = Convert.FromHexString(entry.Hash.Hex);
        }
    }

    public static TheoryData<string, long, long, string, string, string, byte> Changed => new()
    {
        { "sequence", 8, 0, "intent", "r", "{}", 0 },
        { "time", 7, 1, "intent", "r", "{}", 0 },
        { "kind", 7, 0, "refusal", "r", "{}", 0 },
        { "request", 7, 0, "intent", "s", "{}", 0 },
        { "body", 7, 0, "intent", "r", "[]", 0 },
        { "previous", 7, 0, "intent", "r", "{}", 1 },
        { "a byte moved from one field to the next", 7, 0, "inten", "tr", "{}", 0 },
    };

    [Theory, MemberData(nameof(Changed))]
    public void Depends_on_every_field(string because, long sequence, long time, string kind, string request, string body, byte previous)
    {
        var original = EntryHash.Compute(7, 0, "intent"u8, "r"u8, "{}"u8, new byte[32]);
        var changed = EntryHash.Compute(
            sequence, time, Encoding.UTF8.GetBytes(kind), Encoding.UTF8.GetBytes(request), Encoding.UTF8.GetBytes(body),
            [.. new byte[31], previous]);

        Assert.True(original != changed, because);
    }

    private static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static void Field(MemoryStream bytes, ReadOnlySpan<byte> field)
    {
        bytes.Write(Number(field.Length));
        bytes.Write(field);
    }
}
