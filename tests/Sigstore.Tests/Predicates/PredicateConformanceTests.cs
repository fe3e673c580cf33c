// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// Real statements against a table that was computed from them without this product. Where we read something else on purpose it stands
/// in a list here, and the argument in docs/scan-formats.md.
/// </summary>
public sealed class PredicateConformanceTests
{
    private static readonly string[] Formats = ["slsa-provenance", "intoto-test-result", "scai"];

    /// <summary>File, column, what the table says, what we read.</summary>
    private static readonly (string File, string Column, string Theirs, string Ours)[] Disagreements =
    [
        ("scai/no-vuln.scai.json", "subject_digests", "subject=sha1:caf62c3caf2ab1228fb546f149f26df23c308802", ""),
        ("scai/no-vuln.scai.json", "subject_names", "https://github.com/IntelLabs/supply-chain-attribute-integrity", ""),
    ];

    /// <summary>Provenance that leaves out what SLSA requires: file, what we say of it, and what makes it whole.</summary>
    private static readonly (string File, string Problem, string Path, string Value)[] Incomplete =
    [
        ("slsa-provenance/oci-kubectl-linux-amd64.v0.2.json", "it has no buildType", "buildType", "\"None\""),
        ("slsa-provenance/statement.v1.json", "it has no buildDefinition.externalParameters", "buildDefinition.externalParameters", "{}"),
    ];

    public static TheoryData<string> Documents =>
        [.. Rows().Where(row => Formats.Contains(row["format"], StringComparer.Ordinal)).Select(row => row["file"]).DefaultIfEmpty("(absent)")];

    [Theory, MemberData(nameof(Documents))]
    public void What_a_statement_says_is_what_the_table_says(string file)
    {
        var statement = Read(file);
        var expected = Rows().Single(row => row["file"] == file);
        var differences = Describe(file, statement).Where(column => expected[column.Name] != column.Ours)
            .Select(column => $"{column.Name}: {expected[column.Name]} / {column.Ours}");

        Assert.Equal(
            Disagreements.Where(known => known.File == file).Select(known => $"{known.Column}: {known.Theirs} / {known.Ours}"),
            differences);
    }

    [Fact]
    public void Provenance_that_leaves_out_what_is_required_is_refused()
    {
        foreach (var (file, problem, _, _) in Incomplete)
        {
            var statement = Read(file);
            using var predicate = JsonDocument.Parse(statement.Predicate);

            Assert.False(BuildProvenance.TryRead(statement.PredicateType, predicate.RootElement, out _, out var found));
            Assert.Equal(problem, found);
        }
    }

    private static IEnumerable<(string Name, string Ours)> Describe(string file, Statement statement)
    {
        yield return ("format_version", statement.PredicateType);
        var shown = statement.Subjects.Take(3).ToList();
        yield return ("subject_digests", string.Join("; ", shown.Select(subject => subject.Sha256 is { } digest ? $"subject={digest}" : null).OfType<string>()));
        yield return ("subject_names", string.Join("; ", shown.Select(subject => subject.Name).OfType<string>()));
        foreach (var column in DescribePredicate(file, statement))
            yield return column;
    }

    private static IEnumerable<(string Name, string Ours)> DescribePredicate(string file, Statement statement)
    {
        if (BuildProvenance.IsType(statement.PredicateType))
        {
            var (_, _, path, value) = Incomplete.Single(known => known.File == file);
            using var whole = JsonDocument.Parse(Complete(statement.Predicate, path, value));
            Assert.True(BuildProvenance.TryRead(statement.PredicateType, whole.RootElement, out var provenance, out var problem), problem);
            yield return ("scanner", provenance.BuilderId);
            var subjects = statement.Subjects.Count > 3 ? $"subjects={statement.Subjects.Count} (first 3 listed); " : "";
            yield return ("notes", $"{subjects}buildType={provenance.BuildType}");
            yield break;
        }

        using var predicate = JsonDocument.Parse(statement.Predicate);
        if (statement.PredicateType is PredicateTypes.TestResult)
        {
            Assert.True(TestResult.TryRead(predicate.RootElement, out var result, out var problem), problem);
            yield return ("notes", $"result={result.Result} passed={result.Passed.Count} warned={result.Warned.Count} failed={result.Failed.Count}");
        }
        else
        {
            Assert.True(AttributeReport.TryRead(predicate.RootElement, out var report, out var problem), problem);
            yield return ("notes", $"attributes={string.Join("; ", report.Attributes.Select(attribute => attribute.Name))}");
        }
    }

    private static string Complete(ReadOnlyMemory<byte> predicate, string path, string value)
    {
        var root = JsonNode.Parse(predicate.Span)!;
        var parts = path.Split('.');
        parts.SkipLast(1).Aggregate(root, (node, part) => node[part]!)[parts[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    private static Statement Read(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("scans/" + file));
        Assert.True(Statement.TryReadUnverified(content, out var statement, out var problem), problem?.Message);
        return statement;
    }

    private static List<Dictionary<string, string>> Rows()
    {
        if (SharedFiles.Find("scans/expected.tsv") is not { } table)
            return [];

        var lines = File.ReadAllLines(table).Select(line => line.Split('\t')).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }
}
