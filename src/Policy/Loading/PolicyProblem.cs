// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Whether a problem keeps a policy from being used.</summary>
public enum ProblemSeverity
{
    /// <summary>The policy works, but probably not as meant.</summary>
    Warning,

    /// <summary>The policy set cannot be used.</summary>
    Error,
}

/// <summary>Where something stands in a policy file.</summary>
/// <param name="File">The file, as it was named to the loader.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public sealed record SourceLocation(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, which editors turn into a link.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>Something that is wrong with a policy, and where.</summary>
/// <param name="Location">Where.</param>
/// <param name="Severity">How wrong.</param>
/// <param name="Message">One sentence that starts with the field's path, printable.</param>
public sealed record PolicyProblem(SourceLocation Location, ProblemSeverity Severity, string Message)
{
    /// <summary>The code, where the problem is not with what the file says; null for one that is.</summary>
    public ReasonCode? Reason { get; init; }

    /// <summary>Place, severity, code and message as one line.</summary>
    public override string ToString() =>
        $"{Location}: {(Severity == ProblemSeverity.Error ? "error" : "warning")}: {(Reason is null ? "" : $"{Reason}: ")}{Message}";
}

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<PolicyProblem> _problems = [];

    internal IReadOnlyList<PolicyProblem> Problems => _problems;

    internal SourceLocation Locate(Yaml.Position place) => new(file, place.Line, place.Column);

    internal void Error(Yaml.Position place, string path, string message) =>
        _problems.Add(new PolicyProblem(
            Locate(place), ProblemSeverity.Error, path.Length == 0 ? message : $"{path}: {message}"));
}
