// SPDX-License-Identifier: Apache-2.0

using Xunit;

namespace SupplyChain.Testing;

/// <summary>
/// The C# that a README shows. It stands word for word in the test that runs it, so that it compiles and does what
/// is said.
/// </summary>
public static class ReadmeCode
{
    /// <summary>
    /// Fails unless every line of C# in a README stands in a test's source, in order and without gaps.
    /// </summary>
    /// <param name="readme">The README, from the root of the repository.</param>
    /// <param name="source">The source, from there too.</param>
    public static void AssertStandsIn(string readme, string source)
    {
        var lines = ReadLines(source);
        var blocks = Blocks(ReadLines(readme)).ToList();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(
            Enumerable.Range(0, lines.Length).Any(start => IsAt(block, lines.AsSpan(start))),
            $"{readme} shows what is not in {source}:\n{string.Join('\n', block)}"));
    }

    private static bool IsAt(List<string> block, ReadOnlySpan<string> lines) =>
        lines.Length >= block.Count && lines[..block.Count].SequenceEqual(block.ToArray());

    // How far lines are indented is the affair of what is around them.
    private static string[] ReadLines(string file) =>
        [.. File.ReadAllLines(Path.Combine(SharedFiles.RepositoryRoot, file)).Select(line => line.Trim())];

    private static IEnumerable<List<string>> Blocks(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "```csharp")
                yield return [.. lines.Skip(i + 1).TakeWhile(line => line != "```")];
        }
    }
}
