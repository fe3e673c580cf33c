// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>A policy file as found on disk.</summary>
/// <param name="Path">What it is called in problems; <c>.json</c> is read as JSON, anything else as YAML.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PolicyFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>What loading gave: a set that can be used, or why there is none.</summary>
public sealed record PolicyLoadResult
{
    internal PolicyLoadResult(PolicySet? set, IEnumerable<PolicyProblem> problems)
    {
        Problems =
        [
            .. problems.OrderBy(problem => problem.Location.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Location.Line)
                .ThenBy(problem => problem.Location.Column)
                .ThenBy(problem => problem.Message, StringComparer.Ordinal),
        ];
        Set = Problems.Any(problem => problem.Severity == ProblemSeverity.Error) ? null : set;
    }

    /// <summary>No set, for reasons that do not lie in the documents themselves.</summary>
    /// <param name="problems">Why; at least one error.</param>
    /// <exception cref="ArgumentException">None of them is an error.</exception>
    public static PolicyLoadResult Refuse(IReadOnlyList<PolicyProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        return problems.Any(problem => problem.Severity == ProblemSeverity.Error)
            ? new PolicyLoadResult(null, problems)
            : throw new ArgumentException("A refusal needs an error.", nameof(problems));
    }

    /// <summary>The policies; null when anything at all is wrong with any of them.</summary>
    public PolicySet? Set { get; }

    /// <summary>Everything that is wrong, by file and line.</summary>
    public IReadOnlyList<PolicyProblem> Problems { get; }

    /// <summary>Whether there is a set.</summary>
    [MemberNotNullWhen(true, nameof(Set))]
    public bool IsUsable => Set is not null;
}

/// <summary>
/// Reads policies, one document a file, all or nothing: one bad file and there is no set, so that a typo can never
/// leave a gate with half its rules. Every problem of every file is reported.
/// </summary>
public static class PolicyLoader
{
    /// <summary>Reads <paramref name="files"/>.</summary>
    public static PolicyLoadResult Load(IReadOnlyList<PolicyFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
            return Refuse("no policy file was given");
        if (files.Count > Limits.PolicyDocuments)
            return Refuse($"{files.Count} policy files were given; at most {Limits.PolicyDocuments} are read");

        var problems = new List<PolicyProblem>();
        var documents = new List<PolicyDocument>();
        foreach (var file in files)
        {
            var found = new ProblemList(file.Path);
            if (DocumentReader.Read(file, found) is { } document)
                documents.Add(document);
            problems.AddRange(found.Problems);
        }

        // A file that could not be read makes every reference to it look wrong; say only what is certain.
        if (problems.Count > 0)
            return new PolicyLoadResult(null, [.. problems, .. References.CheckNames(documents)]);

        var set = new PolicySet(documents);
        return new PolicyLoadResult(set, [.. References.CheckNames(documents), .. References.Check(set)]);
    }

    private static PolicyLoadResult Refuse(string message) =>
        new(null, [new PolicyProblem(new SourceLocation("(policies)", 1, 1), ProblemSeverity.Error, message)]);
}
