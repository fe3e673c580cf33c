// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies;

public sealed class PolicyDiffTests : IDisposable
{
    private static readonly string Starter = Path.Combine(SharedFiles.RepositoryRoot, "policies", "baseline", "starter");

    private readonly TempFolder _folder = new();

    public PolicyDiffTests()
    {
        foreach (var file in Directory.GetFiles(Starter))
            File.Copy(file, _folder[Path.GetFileName(file)]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_difference_ends_with_0()
    {
        Edit("maximumScanAge: 24h", "maximumScanAge: 1d   # the same");

        var run = await Invoked.RunAsync("policy", "diff", Starter, _folder.Path);

        Assert.Equal((ExitCodes.Done, "no difference\n"), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task A_difference_ends_with_1_and_says_where_it_leads()
    {
        Edit("maximumFixableSeverity: LOW", "maximumFixableSeverity: HIGH");
        Edit("maximumScanAge: 24h", "maximumScanAge: 12h");

        var run = await Invoked.RunAsync("policy", "diff", Starter, _folder.Path);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Matches("^SigningPolicy release\n", run.Out);
        Assert.Matches("\n  stricter  spec.evidence.maximumScanAge.limit +24h  →  12h\n", run.Out);
        Assert.Matches(@"\n  laxer     spec.checks\[no-serious-vulnerabilities\].vulnerabilities.maximumFixableSeverity +LOW  →  HIGH\n", run.Out);
        Assert.EndsWith("\n2 differences: 1 stricter, 1 laxer\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_path_old_new_and_direction()
    {
        Edit("maximumFixableSeverity: LOW", "maximumFixableSeverity: HIGH");

        var run = await Invoked.RunAsync("policy", "diff", Starter, _folder.Path, "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var change = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ("SigningPolicy", "release", "spec.checks[no-serious-vulnerabilities].vulnerabilities.maximumFixableSeverity", "LOW", "HIGH", "laxer"),
            (change.GetProperty("kind").GetString()!, change.GetProperty("policy").GetString()!, change.GetProperty("path").GetString()!,
                change.GetProperty("old").GetString()!, change.GetProperty("new").GetString()!, change.GetProperty("direction").GetString()!));
    }

    [Fact]
    public async Task Markdown_is_a_table_that_no_value_can_leave()
    {
        Edit("Before an image may run in production.", "\"a | b `<img src=x>` \\n| **laxer** | c\"");

        var run = await Invoked.RunAsync("policy", "diff", Starter, _folder.Path, "--output", "markdown");

        Assert.Equal(
            """
            ### SigningPolicy `release`

            | | field | old | new |
            |---|---|---|---|
            | changed | `metadata.description` | `Before an image may run in production.` | `a \u{7c} b \u{60}<img src=x>\u{60} \u{a}\u{7c} **laxer** \u{7c} c` |

            1 difference: 1 changed

            """, run.Out);
    }

    [Fact]
    public async Task Policies_that_do_not_load_are_not_compared()
    {
        Edit("maximumScanAge: 24h", "maximumScanAge: never");

        var run = await Invoked.RunAsync("policy", "diff", Starter, _folder.Path);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("'never' is not a duration", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private void Edit(string old, string now)
    {
        var text = File.ReadAllText(_folder["signing.yaml"]);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(_folder["signing.yaml"], text.Replace(old, now, StringComparison.Ordinal));
    }
}
