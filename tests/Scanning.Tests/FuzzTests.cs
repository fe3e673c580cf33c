// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Scanning.Tests;

/// <summary>Damaged reports of a fixed seed: whatever the damage, there is an answer, and the same one in any windows.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "null", "true", "1e999", "-", "\0", "\ufeff", "é", "\u212a",
        "\"Results\":[]", "\"SchemaVersion\":2", "\"matches\":[]", "\"descriptor\":{\"name\":\"grype\"}", "\"runs\":[]", "[[[[[[[[", "\"VulnerabilityID\":",
    ];

    [Theory]
    [InlineData("trivy.json", 1)]
    [InlineData("grype.json", 2)]
    [InlineData("grype-old.json", 3)]
    [InlineData("sarif.json", 4)]
    [InlineData("sarif-snyk.json", 5)]
    [InlineData("cyclonedx.json", 6)]
    [InlineData("harbor.json", 7)]
    [InlineData("ecr.json", 8)]
    [InlineData("inspector.json", 9)]
    [InlineData("security-hub.json", 10)]
    [InlineData("artifact-analysis.json", 11)]
    [InlineData("clair.json", 12)]
    [InlineData("clair-layer.json", 13)]
    [InlineData("statement.json", 14)]
    public void Damage_never_crashes_the_reader(string name, int seed)
    {
        var random = new Random(seed);
        var content = Fixture.Bytes(name);
        for (var round = 0; round < 1_000; round++)
        {
            var damaged = content.ToList();
            for (var damages = random.Next(1, 4); damages > 0; damages--)
                Damage(damaged, random);

            byte[] bytes = [.. damaged];
            var result = ScanReportReader.Read(bytes);
            Assert.True(result.Report is null != result.Problem is null, "either a report or a problem");
            Assert.NotNull(result.Digest);

            var again = ScanReportReader.Read(bytes, random.Next(1, 300));
            Assert.True(
                Fixture.Describe(result) == Fixture.Describe(again),
                $"round {round}: {Fixture.Describe(result)} / {Fixture.Describe(again)}");
        }
    }

    private static void Damage(List<byte> content, Random random)
    {
        var at = random.Next(content.Count);
        switch (random.Next(5))
        {
            case 0:
                content[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                content.RemoveRange(at, Math.Min(random.Next(1, 40), content.Count - at));
                break;
            case 2:
                content.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                break;
            case 3:
                content.InsertRange(at, content.GetRange(random.Next(content.Count / 2), random.Next(content.Count / 2)));
                break;
            default:
                content[at] = (byte)random.Next(256);
                break;
        }

        if (content.Count == 0)
            content.Add((byte)'{');
    }
}
