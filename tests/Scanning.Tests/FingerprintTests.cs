// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Tests;

public sealed class FingerprintTests
{
    [Fact]
    public void Names_that_differ_in_one_place_have_different_fingerprints()
    {
        var seen = new HashSet<ulong>();
        var count = 0;
        for (var length = 0; length <= 40; length++)
        {
            var name = new byte[length];
            name.AsSpan().Fill((byte)'a');
            Assert.True(seen.Add(Fingerprint.Of(name)), $"{length} letters");
            count++;
            for (var place = 0; place < length; place++)
            {
                for (var letter = 'b'; letter <= 'z'; letter++, count++)
                {
                    name[place] = (byte)letter;
                    Assert.True(seen.Add(Fingerprint.Of(name)), Encoding.ASCII.GetString(name));
                }

                name[place] = (byte)'a';
            }
        }

        Assert.Equal(count, seen.Count);
    }

    [Fact]
    public void Numbered_names_have_different_fingerprints()
    {
        var seen = new HashSet<ulong>();
        for (var i = 0; i < 200_000; i++)
            Assert.True(seen.Add(Fingerprint.Of(Encoding.ASCII.GetBytes($"m{i}"))), $"m{i}");
    }
}
