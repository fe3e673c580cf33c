// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Attestor;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Policies.Simulating;

/// <summary>What came of a simulation: counts, and the first of each kind as examples. In the ledger's order, so that it is always the same.</summary>
internal sealed class SimulationSummary
{
    private const int MostExamples = 3;

    private readonly SortedDictionary<(bool ToRefused, string Check), Group> _flips = [];
    private readonly SortedDictionary<string, Group> _notReplayed = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _requestersChanged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _images = new(StringComparer.Ordinal);

    public int Decisions { get; private set; }

    /// <summary>Reviews of posted evidence, none of which is replayed.</summary>
    public int Reviews { get; init; }

    /// <summary>Of how many images the replayed decisions are.</summary>
    public int Images => _images.Count;

    public int Missing => Decisions - Replayed;

    public int Replayed { get; private set; }

    public int ToRefused { get; private set; }

    public int ToApproved { get; private set; }

    /// <summary>Flips by the check that decides them; one decision may be in several.</summary>
    public IEnumerable<(bool ToRefused, string Check, Group Group)> Flips =>
        _flips.OrderByDescending(flip => flip.Key.ToRefused).ThenBy(flip => flip.Key.Check, StringComparer.Ordinal)
            .Select(flip => (flip.Key.ToRefused, flip.Key.Check, flip.Value));

    /// <summary>The policies of replayed decisions whose requesters changed, by name.</summary>
    public IReadOnlyCollection<string> RequestersChanged => _requestersChanged;

    /// <summary>Decisions that could not be replayed, by why.</summary>
    public IEnumerable<(string Why, Group Group)> NotReplayed => _notReplayed.Select(pair => (pair.Key, pair.Value));

    public void Add(ReplayedDecision replayed)
    {
        Decisions++;
        if (replayed.RequestersChanged)
            _requestersChanged.Add(replayed.Decision.Policy!.Name);
        if (replayed.Problem is { } why)
        {
            Count(_notReplayed, WithoutDigests(why), replayed.Decision, why);
            return;
        }

        Replayed++;
        _images.Add(replayed.Decision.Subject.ToString());
        if (!replayed.Flips)
            return;

        var toRefused = replayed.Decision.IsPositive;
        ToRefused += toRefused ? 1 : 0;
        ToApproved += toRefused ? 0 : 1;
        foreach (var check in replayed.Deciding)
        {
            var group = Count(_flips, (toRefused, check.Name), replayed.Decision, $"{check.Reason}: {check.Message}");
            group.Shared += replayed.Deciding.Count > 1 ? 1 : 0;
        }
    }

    // A hundred missing documents are one reason, not a hundred.
    private static string WithoutDigests(string why)
    {
        const string Start = "sha256:";
        var parts = why.Split(Start);
        return parts[0] + string.Concat(parts.Skip(1).Select(part => Start + "…" + part.TrimStart([.. "0123456789abcdef"])));
    }

    private static Group Count<T>(SortedDictionary<T, Group> groups, T key, Decision decision, string why)
        where T : notnull
    {
        if (!groups.TryGetValue(key, out var group))
            groups.Add(key, group = new Group());
        group.Count++;
        if (group.Examples.Count < MostExamples)
            group.Examples.Add(new Example(decision, why));
        return group;
    }

    internal sealed class Group
    {
        public int Count { get; set; }

        /// <summary>How many of its decisions other checks decide as well, and stand there too.</summary>
        public int Shared { get; set; }

        /// <summary>How many of its decisions are no example.</summary>
        public int More => Count - Examples.Count;

        public List<Example> Examples { get; } = [];
    }

    internal sealed record Example(Decision Decision, string Why)
    {
        public string Image => Decision.Subject.ToString();
    }
}
