// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// A day's snapshot of the Exploit Prediction Scoring System: the probability, from 0 to 1, that a vulnerability is exploited
/// within thirty days. What it does not list has no score, which is not a score of 0.
/// </summary>
/// <remarks>The CSV form that FIRST publishes, unpacked.</remarks>
public sealed class EpssScores
{
    private readonly Dictionary<string, double> _scores;

    internal EpssScores(
        Digest digest, string? model, DateTimeOffset date, Dictionary<string, double> scores, int? count = null)
    {
        Count = count ?? scores.Count;
        Digest = digest;
        Model = model;
        Date = date;
        _scores = scores;
    }

    /// <summary>The SHA-256 of the file.</summary>
    public Digest Digest { get; }

    /// <summary>The version of the model, as the file says itself; null when it does not.</summary>
    public string? Model { get; }

    /// <summary>The day of the scores.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>How many vulnerabilities have a score.</summary>
    public int Count { get; }

    /// <summary>The score of <paramref name="id"/>; null when there is none.</summary>
    public double? Find(string id) => _scores.TryGetValue(id, out var score) ? score : null;

    /// <summary>Reads a file of at most <see cref="Limits.EpssBytes"/>.</summary>
    /// <param name="path">What the file is called in the problem.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="problem">The first thing that is wrong with it.</param>
    public static bool TryRead(
        string path, ReadOnlyMemory<byte> content, [NotNullWhen(true)] out EpssScores? scores,
        [NotNullWhen(false)] out PolicyProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(path);
        scores = new EpssReader(path).Read(content.Span, out problem);
        return scores is not null;
    }
}
