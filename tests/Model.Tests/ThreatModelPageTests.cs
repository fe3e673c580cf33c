// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>
/// docs/threat-model.md names for each attack the reason and the tests that show what happens: a reason that is none, or a test that
/// is not there any more, is told here.
/// </summary>
public sealed class ThreatModelPageTests
{
    private const string Header = "| id | attack | what happens | reason | tests |";

    private static readonly Regex Id = Linear("^[A-Z][0-9]{1,3}$");
    private static readonly Regex Code = Linear("`(?<code>[^`]+)`");
    private static readonly Regex Type = Linear(@"^\s*((public|internal|private|sealed|static|abstract|partial)\s+)+class\s+(?<name>\w+)");
    private static readonly Regex TestAttribute = Linear(@"^\s*\[(Fact|Theory)\b");
    private static readonly Regex Method = Linear(@"^\s*public\s+[\w\s<>.,?]*\b(?<name>\w+)\s*\(");

    private static readonly string Page = File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "threat-model.md"));

    private static readonly HashSet<string> Tests = FindTests();

    [Fact]
    public void Every_attack_has_a_known_reason_and_tests_that_are_there()
    {
        Assert.Empty(FindProblems(Page));
        Assert.True(ReadRows(Page).Count > 60, "the page has all its rows");
    }

    [Theory]
    [InlineData("REPORT_")]
    [InlineData("DOCUMENT_")]
    [InlineData("POLICY_")]
    public void A_code_that_is_the_fault_of_what_somebody_brings_stands_for_an_attack(string prefix)
    {
        var named = ReadRows(Page).SelectMany(row => Quoted(row.Reason)).ToHashSet(StringComparer.Ordinal);
        var codes = ReasonCode.All.Where(code => code.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.True(named.Contains(code.Name), $"{code} is in no row"));
    }

    /// <summary>What may happen to a row, and what is said of it.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "a test is renamed", "| E1 | a | b | `REPORT_STALE` | `ThreatModelPageTests.Nothing_of_the_kind` |", "E1: there is no test ThreatModelPageTests.Nothing_of_the_kind" },
        { "a test is in another class", $"| E1 | a | b | `REPORT_STALE` | `ReasonCodeTests.{nameof(Every_attack_has_a_known_reason_and_tests_that_are_there)}` |", "E1: there is no test ReasonCodeTests." },
        { "a method that is no test", $"| E1 | a | b | `REPORT_STALE` | `ThreatModelPageTests.{nameof(FindTests)}` |", "E1: there is no test ThreatModelPageTests.FindTests" },
        { "no test", "| E1 | a | b | `REPORT_STALE` | none yet |", "E1: it names no test" },
        { "a test without its class", "| E1 | a | b | `REPORT_STALE` | `Something` |", "E1: Something is not Class.Method" },
        { "another code", "| E1 | a | b | `REPORT_OLD` | TEST |", "E1: there is no reason REPORT_OLD" },
        { "no code", "| E1 | a | b | | TEST |", "E1: it names no reason" },
        { "no id", "| | a | b | `REPORT_STALE` | TEST |", "'' is no id" },
        { "no words", "| E1 | | b | `REPORT_STALE` | TEST |", "E1: it does not say what is tried and what happens" },
        { "an id twice", "| E1 | a | b | `REPORT_STALE` | TEST |\n| E1 | a | b | — | TEST |", "E1: two rows have this id" },
        { "a column too many", "| E1 | a | b | c | `REPORT_STALE` | TEST |", "E1: it has 6 columns, expected 5" },
    };

    [Theory, MemberData(nameof(Changes))]
    public void What_is_wrong_with_a_row_is_told(string because, string rows, string expected)
    {
        var test = $"`ThreatModelPageTests.{nameof(Every_attack_has_a_known_reason_and_tests_that_are_there)}`";

        var problems = FindProblems($"{Header}\n|---|---|---|---|---|\n{rows.Replace("TEST", test, StringComparison.Ordinal)}\n\nText | with a bar.\n");

        Assert.True(Assert.Single(problems).StartsWith(expected, StringComparison.Ordinal), $"{because}: {problems[0]}");
        Assert.Empty(FindProblems($"{Header}\n|---|---|---|---|---|\n| E1 | a | b | — | {test} |\n"));
    }

    private static List<string> FindProblems(string page)
    {
        var rows = ReadRows(page);
        return
        [
            .. rows.GroupBy(row => row.Id, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => $"{same.Key}: two rows have this id"),
            .. rows.SelectMany(FindProblems),
        ];
    }

    private static IEnumerable<string> FindProblems(Row row)
    {
        if (!Id.IsMatch(row.Id))
            yield return $"'{row.Id}' is no id";
        if (row.Columns != 5)
        {
            yield return $"{row.Id}: it has {row.Columns} columns, expected 5";
            yield break;
        }

        if (row.Attack.Length == 0 || row.Outcome.Length == 0)
            yield return $"{row.Id}: it does not say what is tried and what happens";

        // A dash: nothing is refused, because what is tried makes no difference.
        if (row.Reason is not "—" && Quoted(row.Reason).Count == 0)
            yield return $"{row.Id}: it names no reason";
        foreach (var code in Quoted(row.Reason).Where(code => !ReasonCode.TryParse(code, out _)))
            yield return $"{row.Id}: there is no reason {code}";
        if (Quoted(row.Tests).Count == 0)
            yield return $"{row.Id}: it names no test";
        foreach (var test in Quoted(row.Tests).Where(test => !Tests.Contains(test)))
            yield return test.Contains('.', StringComparison.Ordinal) ? $"{row.Id}: there is no test {test}" : $"{row.Id}: {test} is not Class.Method";
    }

    // The rows of every table that has this header.
    private static List<Row> ReadRows(string page)
    {
        var rows = new List<Row>();
        var isInside = false;
        foreach (var line in page.Split('\n'))
        {
            isInside = line == Header || (isInside && line.StartsWith('|'));
            if (!isInside || line == Header || line.StartsWith("|---", StringComparison.Ordinal))
                continue;

            var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            string Cell(int index) => index < cells.Length ? cells[index] : "";
            rows.Add(new Row(Cell(0), Cell(1), Cell(2), Cell(3), Cell(4), cells.Length));
        }

        return rows;
    }

    private static List<string> Quoted(string cell) => [.. Code.Matches(cell).Select(match => match.Groups["code"].Value)];

    // Every method below tests that has the attribute of a test, as Class.Method.
    private static HashSet<string> FindTests()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var sources = Directory.EnumerateFiles(Path.Combine(SharedFiles.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories);
        foreach (var lines in sources.Select(File.ReadLines))
        {
            var (type, isTest) = ("", false);
            foreach (var line in lines)
            {
                if (Type.Match(line) is { Success: true } declared)
                    type = declared.Groups["name"].Value;
                isTest |= TestAttribute.IsMatch(line);
                if (!isTest || Method.Match(line) is not { Success: true } method)
                    continue;
                found.Add($"{type}.{method.Groups["name"].Value}");
                isTest = false;
            }
        }

        return found;
    }

    // Linear, whatever the page and the sources hold.
    private static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private sealed record Row(string Id, string Attack, string Outcome, string Reason, string Tests, int Columns);
}
