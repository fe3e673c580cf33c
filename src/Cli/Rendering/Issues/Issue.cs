// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Rendering.Issues;

/// <summary>How grave an issue is.</summary>
internal enum IssueLevel
{
    /// <summary>Nothing is wrong.</summary>
    Note,

    /// <summary>There is no answer.</summary>
    Warning,

    /// <summary>The answer is no.</summary>
    Error,
}

/// <summary>
/// Something that keeps an image or a policy from passing, for systems that show such things beside code. All text from outside is
/// printable by the time it is here; each format still escapes what means something to it.
/// </summary>
internal sealed record Issue
{
    /// <summary>The reason code, or a word in its place.</summary>
    public required string Rule { get; init; }

    /// <summary>What the rule means, in one sentence.</summary>
    public required string Meaning { get; init; }

    /// <summary>How grave it is.</summary>
    public required IssueLevel Level { get; init; }

    /// <summary>One line that says what is wrong.</summary>
    public required string Title { get; init; }

    /// <summary>Lines that say what was expected, what was found and what helps.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>What it is about: a file, or an image's name.</summary>
    public required string Path { get; init; }

    /// <summary>The line in the file.</summary>
    public int Line { get; init; } = 1;

    /// <summary>What makes it the same issue in the next run.</summary>
    public required IReadOnlyList<string> Identity { get; init; }

    /// <summary>Title and details, a line each.</summary>
    public string Text => string.Join('\n', Details.Prepend(Title));

    /// <summary>A digest of what makes it the same issue in the next run.</summary>
    public string Fingerprint =>
        Digest.Compute(System.Text.Encoding.UTF8.GetBytes(JsonText.Write(indented: false, json =>
        {
            json.WriteStartArray();
            foreach (var part in Identity.Prepend(Rule))
                json.WriteStringValue(part);
            json.WriteEndArray();
        }))).Hex;

    /// <summary>The level of a verdict.</summary>
    public static IssueLevel LevelOf(Verdict verdict) => verdict switch
    {
        Verdict.Fail => IssueLevel.Error,
        Verdict.Error => IssueLevel.Warning,
        _ => IssueLevel.Note,
    };
}
