// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace SupplyChain.Model.Decisions;

/// <summary>What one named check of a policy found, and everything a reader needs to act on it.</summary>
public sealed record CheckResult
{
    private CheckResult(string name, string type, Verdict verdict, ReasonCode? reason, string message)
    {
        Name = name;
        Type = type;
        Verdict = verdict;
        Reason = reason;
        Message = message;
    }

    /// <summary>The name the policy gave the check, or that of the judgement of evidence; no two of a decision share one.</summary>
    public string Name { get; private init; }

    /// <summary>The kind of check, such as <c>vulnerabilities</c> or <c>approval</c>.</summary>
    public string Type { get; }

    /// <summary>What was found.</summary>
    public Verdict Verdict { get; }

    /// <summary>Why, from the closed list; absent on a PASS.</summary>
    public ReasonCode? Reason { get; }

    /// <summary>One sentence for people.</summary>
    public string Message { get; }

    /// <summary>What the policy asks for.</summary>
    public string? Expected { get; init; }

    /// <summary>What the evidence shows.</summary>
    public string? Actual { get; init; }

    /// <summary>What would make the check pass.</summary>
    public string? Remedy { get; init; }

    /// <summary>Digests of the evidence this verdict rests on.</summary>
    public IReadOnlyList<Digest> Evidence { get; init; } = [];

    /// <summary>The findings that decided a scan check; absent on checks that read none.</summary>
    public FindingSummary? Findings { get; init; }

    /// <summary>Whether an ERROR may end otherwise when asked again.</summary>
    [JsonIgnore]
    public bool IsRetryable => Verdict == Verdict.Error && (Reason?.IsRetryable ?? false);

    /// <summary>The evidence shows what the policy asks for.</summary>
    public static CheckResult Pass(string name, string type, string message) => new(name, type, Verdict.Pass, null, message);

    /// <summary>The evidence does not show it.</summary>
    public static CheckResult Fail(string name, string type, ReasonCode reason, string message) =>
        new(name, type, Verdict.Fail, reason, message);

    /// <summary>The evidence could not be had or judged.</summary>
    public static CheckResult Error(string name, string type, ReasonCode reason, string message) =>
        new(name, type, Verdict.Error, reason, message);

    /// <summary>The check did not apply.</summary>
    public static CheckResult Skipped(string name, string type, ReasonCode reason, string message) =>
        new(name, type, Verdict.Skipped, reason, message);

    /// <summary>The same result under <paramref name="name"/>.</summary>
    public CheckResult Named(string name) => this with { Name = name };

    internal static CheckResult FromDocument(CheckResultDocument read) =>
        new(read.Name, read.Type, read.Verdict, read.Reason, read.Message)
        {
            Expected = read.Expected,
            Actual = read.Actual,
            Remedy = read.Remedy,
            Evidence = read.Evidence,
            Findings = read.Findings,
        };
}

/// <summary>The findings behind a verdict: how many, and the worst of them.</summary>
/// <param name="Total">How many findings decided.</param>
/// <param name="First">The worst of them, at most <see cref="Limits.FindingsInDecision"/>.</param>
public sealed record FindingSummary(int Total, IReadOnlyList<FindingLine> First);

/// <summary>One finding as a decision shows it.</summary>
/// <param name="Id">The vulnerability's id, such as <c>CVE-2026-0001</c>.</param>
/// <param name="Severity">The severity that was judged, in capitals.</param>
/// <param name="Package">The package it is in.</param>
/// <param name="Installed">The installed version, if known.</param>
/// <param name="Fixed">The version that fixes it, if one is known.</param>
/// <param name="Location">The file or target it was found in, if named.</param>
/// <param name="Platform">The platform whose report names it, for an index.</param>
public sealed record FindingLine(
    string Id, string Severity, string Package, string? Installed, string? Fixed, string? Location, string? Platform)
{
    /// <summary>What makes it violate beside its severity, such as that it is known to be exploited; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
