// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Rendering.Issues;
using SupplyChain.Cli.Tests.Attest;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Policy.Yaml;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Rendering;

/// <summary>Refusals as other systems show them: with what would help, and without a way out for what scanners wrote.</summary>
public sealed class IssuesTests
{
    private const string Hostile = "x\n::error::y\r\n##[add-mask]z %0A::warning::{0} [click](https://evil.example) | <script>\u001b[2J\u2028, a: \"b\" `c`";

    private static Decision HostileDecision => Decisions.Of(DecisionKind.Signing, Decisions.Vulnerable with
    {
        Expected = Hostile,
        Findings = new FindingSummary(1, [new FindingLine(Hostile, Hostile, Hostile, Hostile, Hostile, Hostile, Hostile)]),
    });

    [Fact]
    public void Each_finding_has_its_check_limit_value_and_fix()
    {
        var issues = DecisionIssues.Of(Decisions.Refused);

        Assert.Equal(2, issues.Count);
        Assert.Equal(
            """
            CVE-2026-0001 (CRITICAL) in openssl 3.0.11-1
            check no-serious-vulnerabilities, reason FINDING_OVER_LIMIT
            expected: fixable severity at most LOW
            found: CRITICAL
            location: libssl3
            update openssl to 3.0.20-1
            or, if somebody answers for it, under the check's vulnerabilities (with owner and reason filled in):
            exceptions:
              - id: "CVE-2026-0001"
                package: "openssl"
                until: 2026-12-22
                owner: ""
                reason: ""
            """, issues[0].Text);
    }

    [Fact]
    public void A_check_without_findings_has_what_was_expected_found_and_would_help()
    {
        var check = CheckResult.Fail("reports", "evidence", ReasonCode.EvidenceMissing, "there is no report of grype") with { Expected = "grype", Actual = "trivy" };

        var issue = Assert.Single(DecisionIssues.Of(Decisions.Of(DecisionKind.Signing, check)));

        Assert.Equal(
            $"reports: there is no report of grype\nexpected: grype\nfound: trivy\nwhat would help: {ReasonCode.EvidenceMissing.Remedy}", issue.Text);
        Assert.Equal(IssueLevel.Error, issue.Level);
    }

    [Fact]
    public void What_could_not_be_judged_is_a_warning_and_a_yes_is_no_issue()
    {
        Assert.Equal(IssueLevel.Warning, Assert.Single(DecisionIssues.Of(Decisions.Of(DecisionKind.Signing, Decisions.Unknown))).Level);
        Assert.Empty(DecisionIssues.Of(Decisions.Approved));
        Assert.Equal("no check ran", Assert.Single(DecisionIssues.Of(Decisions.Of(DecisionKind.Signing))).Title);
    }

    [Fact]
    public void Findings_that_a_decision_does_not_list_are_counted()
    {
        var check = Decisions.Vulnerable with { Findings = Decisions.Vulnerable.Findings! with { Total = 7 } };

        Assert.Contains(
            "no-serious-vulnerabilities: 5 more findings are not listed",
            DecisionIssues.Of(Decisions.Of(DecisionKind.Signing, check)).Select(issue => issue.Title));
    }

    [Fact]
    public void Where_no_exception_helps_none_is_offered()
    {
        var line = Decisions.Vulnerable.Findings!.First[0];

        Assert.Equal(["no exception helps: the policy's blockedCves outrank exceptions"], ExceptionSnippet.For(Decisions.Refused, line with { Note = "blocked by the policy" }));
        Assert.Equal("    knownExploited: true", ExceptionSnippet.For(Decisions.Refused, line with { Note = "known exploited" })[^1]);
        Assert.Empty(ExceptionSnippet.For(Decisions.Of(DecisionKind.Admission, Decisions.Vulnerable), line));
    }

    [Fact]
    public void The_exception_to_paste_is_refused_until_somebody_answers_for_it_and_then_loads()
    {
        var snippet = string.Join('\n', ExceptionSnippet.For(Decisions.Refused, Decisions.Vulnerable.Findings!.First[0]).Skip(1));
        var policy = File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "policies", "baseline", "starter", "signing.yaml"));
        PolicyLoadResult Load(string exception) => PolicyLoader.Load(
        [
            new PolicyFile("signing.yaml", Encoding.UTF8.GetBytes(policy + "        " + exception.Replace("\n", "\n        ", StringComparison.Ordinal) + "\n")),
            new PolicyFile("a.yaml", File.ReadAllBytes(Path.Combine(SharedFiles.RepositoryRoot, "policies", "baseline", "starter", "attestor-release.yaml"))),
        ]);

        Assert.Equal(2, Load(snippet).Problems.Count(problem => problem.Message.Contains("found an empty one", StringComparison.Ordinal)));
        var filled = Load(snippet.Replace("owner: \"\"", "owner: team", StringComparison.Ordinal).Replace("reason: \"\"", "reason: why", StringComparison.Ordinal));
        Assert.True(filled.IsUsable, string.Join('\n', filled.Problems));
    }

    [Fact]
    public void A_hostile_id_stays_one_scalar_of_the_exception()
    {
        var lines = ExceptionSnippet.For(HostileDecision, HostileDecision.Checks[0].Findings!.First[0]);

        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes(string.Join('\n', lines.Skip(1))), out var root, out var problem), problem?.ToString());
        var entry = (YamlMapping)((YamlSequence)((YamlMapping)root).Members[0].Value).Items[0];
        Assert.Equal(["id", "package", "until", "owner", "reason"], entry.Members.Select(member => member.Name));
        Assert.Equal(Hostile, ((YamlScalar)entry.Members[0].Value).Text);
    }

    [Fact]
    public void GitHub_gets_one_command_a_line_whatever_stands_in_it()
    {
        var text = GitHubOutput.Write(DecisionIssues.Of(HostileDecision));

        var line = Assert.Single(text.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("::error file=registry.example.com/payments/api,line=1,title=FINDING_OVER_LIMIT::", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.DoesNotContain("%0A::", line, StringComparison.Ordinal);
        Assert.Contains("%250A::warning", line, StringComparison.Ordinal);
    }

    [Fact]
    public void GitHub_properties_end_where_they_should()
    {
        var issue = DecisionIssues.Of(Decisions.Refused)[0] with { Path = "a,b:c%d\ne" };

        Assert.StartsWith("::error file=a%2Cb%3Ac%25d%0Ae,line=1,title=FINDING_OVER_LIMIT::", GitHubOutput.Write([issue]), StringComparison.Ordinal);
    }

    [Fact]
    public void GitLab_gets_a_fingerprint_for_each_issue_that_is_the_same_in_the_next_run()
    {
        var first = JsonNode.Parse(GitLabOutput.Write(DecisionIssues.Of(Decisions.Refused)))!.AsArray();
        var next = JsonNode.Parse(GitLabOutput.Write(DecisionIssues.Of(Decisions.Refused with { Id = "another", Time = Decisions.Refused.Time.AddDays(1) })))!.AsArray();

        Assert.Equal(2, first.Select(Fingerprint).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(first.Select(Fingerprint), next.Select(Fingerprint), StringComparer.Ordinal);
        Assert.Equal(("FINDING_OVER_LIMIT", "critical", "registry.example.com/payments/api", 1), (
            first[0]!["check_name"]!.GetValue<string>(), first[0]!["severity"]!.GetValue<string>(),
            first[0]!["location"]!["path"]!.GetValue<string>(), first[0]!["location"]!["lines"]!["begin"]!.GetValue<int>()));
    }

    [Fact]
    public void Hostile_texts_stay_inside_json_and_without_control_characters()
    {
        foreach (var write in new Func<IReadOnlyList<Issue>, string>[] { GitLabOutput.Write, SarifOutput.Write })
        {
            var text = write(DecisionIssues.Of(HostileDecision));

            Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
            Assert.All(Texts(JsonNode.Parse(text)), value => Assert.DoesNotContain(value, c => char.IsControl(c) && c != '\n'));
        }
    }

    [Fact]
    public void Sarif_messages_have_neither_placeholders_nor_links()
    {
        var sarif = JsonNode.Parse(SarifOutput.Write(DecisionIssues.Of(HostileDecision)))!;
        var text = sarif["runs"]![0]!["results"]![0]!["message"]!["text"]!.GetValue<string>();

        Assert.Contains("{{0}}", text, StringComparison.Ordinal);
        Assert.Contains(@"\[click\](https", text, StringComparison.Ordinal);
    }

    public static TheoryData<string> Cases => ["refused", "hostile", "error", "none", "port"];

    [Theory, MemberData(nameof(Cases))]
    public void Sarif_meets_its_schema(string name)
    {
        var schema = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Require("scans/schemas/sarif-2.1.0.schema.json")))!;
        var issues = DecisionIssues.Of(name switch
        {
            "refused" => Decisions.Refused,
            "hostile" => HostileDecision,
            "error" => Decisions.Of(DecisionKind.Signing, Decisions.Unknown),
            "port" => Decisions.Refused with { Subject = Decisions.Refused.Subject with { Name = "localhost:5000/a b" } },
            _ => Decisions.Approved,
        });

        var sarif = JsonNode.Parse(SarifOutput.Write(issues))!;

        Assert.Empty(DraftSevenSchema.Problems(schema, sarif));
        Assert.NotEmpty(DraftSevenSchema.Problems(schema, JsonNode.Parse("""{ "version": "2.0.0", "runs": [{}], "surplus": 1 }""")!));
        Assert.Equal(issues.Count, sarif["runs"]![0]!["results"]!.AsArray().Count);
    }

    public static TheoryData<string, string> Outputs => new()
    {
        { "sarif", "\"version\": \"2.1.0\"" },
        { "github", "::error file=registry.example.com/payments/api," },
        { "gitlab", "\"fingerprint\": \"" },
    };

    [Theory, MemberData(nameof(Outputs))]
    public async Task Attest_writes_them_and_still_ends_with_1(string format, string expected)
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.RefusedWith(Decisions.Refused));

        var run = await Invoked.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN_TOKEN"] = "token" },
            ["attest", Decisions.Reference, "--attestor", attestor.Address, "--output", format]);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
        Assert.Contains("CVE-2026-0002", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_that_a_command_does_not_write_is_refused()
    {
        var run = await Invoked.RunAsync("attest", Decisions.Reference, "--attestor", "https://attestor.example.com", "--output", "junit");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("--output is text or json or sarif or github or gitlab, not 'junit'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documentation_shows_what_is_written() => Assert.Contains(
        GitHubOutput.Write(DecisionIssues.Of(Decisions.Refused)).Split('\n')[0],
        File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "command-line.md")), StringComparison.Ordinal);

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Texts(member.Value).Append(member.Key)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => [],
    };

    private static string Fingerprint(JsonNode? issue) => issue!["fingerprint"]!.GetValue<string>();
}
