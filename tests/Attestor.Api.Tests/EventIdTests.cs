// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using SupplyChain.Testing;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Operators find and count what is logged by its id: one that two events share tells them nothing.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public void Every_event_has_an_id_of_its_own_over_all_sources()
    {
        var sources = Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToList();
        var ids = sources.SelectMany(source => Numbered().Matches(source)).Select(match => match.Groups["id"].Value).ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(sources.Sum(source => Any().Count(source)), ids.Count);
        Assert.Empty(ids.GroupBy(id => id, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [GeneratedRegex(@"\bLoggerMessage\(\s*(EventId\s*=\s*)?(?<id>[0-9]+)\s*,", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\bLoggerMessage(Attribute)?\(|\bLoggerMessage\.Define|\bnew EventId\(", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Any();
}
