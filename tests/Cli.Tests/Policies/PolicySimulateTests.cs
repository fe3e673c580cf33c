// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Attestor;
using SupplyChain.Cli.Policies.Simulating;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies;

/// <summary>What changed policies would have decided, as people and programs are told.</summary>
public sealed class PolicySimulateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly DecisionRequester Requester = new("urn:supplychain:local", "ci");

    private const string Policy = """
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata: { name: shop }
        spec:
          subjects: [registry.local/demo/**]
          requesters: [{ issuer: "urn:supplychain:local", claims: { sub: ci } }]
          attestor: release
          evidence:
            scanners: [{ name: trivy, source: submitted }]
            maximumScanAge: 24h
            maximumDatabaseAge: { limit: 48h, whenMissing: accept }
          checks:
            - name: non-root
              imageConfig: { user: nonRoot }
            - name: no-serious-vulnerabilities
              vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: LOW }
        """;

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public PolicySimulateTests()
    {
        Directory.CreateDirectory(_folder["policies"]);
        File.WriteAllText(Path.Combine(_folder["policies"], "release.yaml"),
            "{ apiVersion: supplychain/v1, kind: Attestor, metadata: { name: release }, spec: { purpose: approval, members: [{ key: \"file:release\" }] } }");
        Write(Policy);
    }

    private string Ledger => _folder["ledger.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_would_flip_is_told_by_check_with_its_reason_and_what_cannot_be_replayed_with_why()
    {
        await RecordAsync(user: "0", isKept: true);
        await RecordAsync(user: "0", isKept: false);
        Write(Policy.Replace("user: nonRoot", "deniedPorts: [22]", StringComparison.Ordinal));

        var run = await RunAsync();

        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(
            "1 decision of 1 image replayed: 0 approved would be refused, 1 refused would be approved; 1 not replayed\n\n"
            + "non-root: 1 refused, would be approved\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("\n    2026-11-22T10:00:00Z, policy shop, asked by ci of urn:supplychain:local\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("not replayed: 1, what it was made on is not on record", run.Out, StringComparison.Ordinal);
        Assert.Equal(run.Out, (await RunAsync()).Out);
    }

    [Fact]
    public void What_would_be_refused_is_told_with_the_reason_and_what_was_not_replayed()
    {
        var no = CheckResult.Fail("policy", "policy", ReasonCode.NotAuthorised, "no changed policy covers registry.local/demo/shop");
        var summary = new SimulationSummary();
        summary.Add(new ReplayedDecision(Decisions.Approved, [no], Problem: null));
        summary.Add(new ReplayedDecision(Decisions.Approved with { Id = "other" }, Checks: null, "it is missing"));
        using var writer = new StringWriter();

        SimulationText.Write(new Screen(writer, colours: false), summary);

        var said = writer.ToString();
        Assert.StartsWith(
            "1 decision of 1 image replayed: 1 approved would be refused, 0 refused would be approved; 1 not replayed\n\n"
            + "policy: 1 approved, would be refused\n", said, StringComparison.Ordinal);
        Assert.Contains("    NOT_AUTHORISED: no changed policy covers registry.local/demo/shop\n", said, StringComparison.Ordinal);
        Assert.Contains("not replayed: 1, it is missing\n  other  ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_another_policy_covers_is_not_replayed_and_the_headline_says_so()
    {
        await RecordAsync(user: "0", isKept: true);
        Write(Policy.Replace("name: shop", "name: other", StringComparison.Ordinal));

        var run = await RunAsync();

        Assert.StartsWith("none of 1 decision replayed\n", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            "not replayed: 1, none of the changed policies is called shop; registry.local/demo/shop is covered by other\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_simulated_is_said_in_every_form()
    {
        await RecordAsync(user: "0", isKept: true);
        await ReviewAsync();
        Write(Policy.Replace("sub: ci", "sub: other", StringComparison.Ordinal));

        var text = await RunAsync();
        var markdown = await RunAsync("--output", "markdown");
        using var json = JsonDocument.Parse((await RunAsync("--output", "json")).Out);

        Assert.Equal(
            "1 decision of 1 image replayed, none changes\nrequesters of shop changed: who may ask is not simulated\n1 review not replayed\n", text.Out);
        Assert.Equal(
            "**1 decision of 1 image replayed, none changes**\n\nrequesters of shop changed: who may ask is not simulated\n\n1 review not replayed\n",
            markdown.Out);
        Assert.Equal(
            ["requesters of shop changed: who may ask is not simulated", "1 review not replayed"],
            json.RootElement.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
        Assert.Equal(1, json.RootElement.GetProperty("reviewsNotReplayed").GetInt32());
    }

    [Fact]
    public async Task What_stands_under_several_checks_and_what_is_no_example_is_counted()
    {
        Write(Policy + "\n    - name: no-root-either\n      imageConfig: { user: nonRoot }");
        for (var i = 0; i < 5; i++)
            await RecordAsync(user: "0", isKept: true, name: $"image {i}");
        Write(Policy.Replace("user: nonRoot", "deniedPorts: [22]", StringComparison.Ordinal));

        var text = await RunAsync();
        var markdown = await RunAsync("--output", "markdown");

        Assert.Contains("\nnon-root: 5 refused, would be approved (5 of them under other checks too)\n", text.Out, StringComparison.Ordinal);
        Assert.Equal(2, text.Out.Split("\n  and 2 more\n").Length - 1);
        Assert.Contains("| non-root | approved | 5 (5 of them under other checks too) |", markdown.Out, StringComparison.Ordinal);
        Assert.Contains("<br>and 2 more |", markdown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asked_cannot_forge_a_line_nor_a_cell()
    {
        await RecordAsync(user: "0", isKept: true, requester: new DecisionRequester("urn:supplychain:local", "ci\n`|<b>"));
        Write(Policy.Replace("user: nonRoot", "deniedPorts: [22]", StringComparison.Ordinal));

        Assert.Contains("asked by ci\\u{a}`|<b> of urn:supplychain:local\n", (await RunAsync()).Out, StringComparison.Ordinal);
        Assert.Contains("asked by `ci\\u{a}'\\|<b>` of `urn:supplychain:local`", (await RunAsync("--output", "markdown")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_holds_the_start_of_a_long_message_with_its_reason()
    {
        var decision = Decisions.Refused with { Checks = [CheckResult.Fail("long", "long", ReasonCode.FindingOverLimit, "[a](b) <" + new string('x', 400))] };
        var summary = new SimulationSummary();
        summary.Add(new ReplayedDecision(decision, [CheckResult.Pass("long", "long", "fine")], Problem: null));
        using var writer = new StringWriter();

        SimulationMarkdown.Write(writer, summary);

        Assert.Contains("<br>FINDING_OVER_LIMIT: \\[a](b) &lt;" + new string('x', 160 - 28) + "… |", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains($"decision `{decision.Id}`", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_of_many_decisions_is_one_reason_with_each_digest_in_its_example()
    {
        await RecordAsync(user: "0", isKept: true, withDocuments: false, name: "one");
        await RecordAsync(user: "0", isKept: true, withDocuments: false, name: "two");

        using var json = JsonDocument.Parse((await RunAsync("--output", "json")).Out);

        var group = Assert.Single(json.RootElement.GetProperty("notReplayed").EnumerateArray());
        Assert.Equal(("the document sha256:… is not in the ledger", 2), (group.GetProperty("why").GetString(), group.GetProperty("count").GetInt32()));
        Assert.Equal(2, group.GetProperty("examples").EnumerateArray().Select(example => example.GetProperty("why").GetString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_program_gets_the_same_as_json()
    {
        await RecordAsync(user: "0", isKept: true);
        Write(Policy.Replace("user: nonRoot", "deniedPorts: [22]", StringComparison.Ordinal));

        using var json = JsonDocument.Parse((await RunAsync("--output", "json")).Out);

        var root = json.RootElement;
        Assert.Equal((1, 1, 0, 1), (root.GetProperty("decisions").GetInt32(), root.GetProperty("replayed").GetInt32(), root.GetProperty("toRefused").GetInt32(), root.GetProperty("toApproved").GetInt32()));
        var flip = Assert.Single(root.GetProperty("flips").EnumerateArray());
        Assert.Equal(("non-root", "approved", 1), (flip.GetProperty("check").GetString(), flip.GetProperty("to").GetString(), flip.GetProperty("count").GetInt32()));
        var example = flip.GetProperty("examples")[0];
        Assert.Equal(
            ("2026-11-22T10:00:00Z", "shop", "urn:supplychain:local", "ci"),
            (example.GetProperty("time").GetString(), example.GetProperty("policy").GetString(), example.GetProperty("issuer").GetString(), example.GetProperty("requester").GetString()));
        Assert.StartsWith("registry.local/demo/shop@sha256:", flip.GetProperty("examples")[0].GetProperty("image").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_request_gets_a_table()
    {
        await RecordAsync(user: "0", isKept: true);
        Write(Policy.Replace("user: nonRoot", "deniedPorts: [22]", StringComparison.Ordinal));

        var run = await RunAsync("--output", "markdown");

        Assert.StartsWith("**1 decision of 1 image replayed: 0 approved would be refused, 1 refused would be approved**\n\n| check |", run.Out, StringComparison.Ordinal);
        Assert.Contains("| non-root | approved | 1 | `registry.local/demo/shop@sha256:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_decisions_since_then_are_replayed()
    {
        await RecordAsync(user: "0", isKept: true);
        _clock.Advance(TimeSpan.FromDays(2));

        Assert.StartsWith("no decision is on record", (await RunAsync("--since", "1d")).Out, StringComparison.Ordinal);
        Assert.StartsWith("1 decision of", (await RunAsync("--since", "3d")).Out, StringComparison.Ordinal);
        Assert.StartsWith("1 decision of", (await RunAsync("--since", "2026-11-22T09:00:00Z")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output is text, markdown or json, not 'xml'", "--output", "xml")]
    [InlineData("--since is a time such as", "--since", "yesterday")]
    public async Task Wrong_usage_ends_with_2(string said, params string[] arguments)
    {
        await RecordAsync(user: "0", isKept: true);

        var run = await RunAsync(arguments);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_is_not_there_ends_with_2()
    {
        var run = await RunAsync();

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("there is no ledger at", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_policies_there_is_nothing_to_simulate()
    {
        await RecordAsync(user: "0", isKept: true);

        var run = await Invoked.RunAsync("policy", "simulate", "--ledger", Ledger);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("--policy is missing", run.Error, StringComparison.Ordinal);
    }

    private Task<Invoked> RunAsync(params string[] more) => Invoked.RunAsync(
        [], ["policy", "simulate", "--ledger", Ledger, "--policy", _folder["policies"], .. more], clock: _clock);

    private void Write(string policy) => File.WriteAllText(Path.Combine(_folder["policies"], "shop.yaml"), policy);

    private async Task RecordAsync(string user, bool isKept, bool withDocuments = true, string? name = null, DecisionRequester? requester = null)
    {
        var loaded = PolicyLoader.Load([.. Directory.GetFiles(_folder["policies"]).Select(file => new PolicyFile(file, File.ReadAllBytes(file)))]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var policy = loaded.Set.SigningPolicies[0];
        var evidence = EvidenceOf(user, name ?? (isKept ? "kept" : "not kept"));
        var evaluation = SigningEvaluation.Evaluate(policy, loaded.Set, evidence, Now);
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = Ledger }, _clock, CancellationToken.None);
        var content = new RequestContent(evidence.Subject.Repository, evidence.Subject.Digest, null, []);
        var lease = Assert.IsType<BeginResult.Started>(await ledger.BeginAsync(
            RequestIdentity.ForContent(requester ?? Requester, content, policy.Revision), CancellationToken.None)).Lease;
        var decision = new Decision
        {
            Id = lease.Request,
            Kind = DecisionKind.Signing,
            Outcome = Decision.OutcomeOf(DecisionKind.Signing, evaluation.Checks),
            Mode = EnforcementMode.Enforce,
            Time = Now,
            Subject = new DecisionSubject(evidence.Subject.Repository.ToString(), evidence.Subject.Digest, ["linux/amd64"]),
            Requester = requester ?? Requester,
            Policy = new DecisionPolicy(policy.Name, policy.Revision, Rule: null),
            Checks = evaluation.Checks,
            Evidence = evaluation.Evidence,
        };
        var pieces = EvidenceFormat.Write(loaded.Set, policy, evidence)!;
        var basis = new DecisionBasis(
            pieces[0].Digest, withDocuments ? [.. pieces.Select(piece => new LedgerDocument(piece.Form, piece.Content))] : []);
        await ledger.RefuseAsync(lease, decision, isKept ? basis : null, CancellationToken.None);
    }

    private async Task ReviewAsync()
    {
        await using var ledger = await DecisionLedger.OpenAsync(new LedgerOptions { Path = Ledger }, _clock, CancellationToken.None);
        await ledger.RecordReviewAsync(Decisions.Refused with { Id = "reviewed" }, basis: null, CancellationToken.None);
    }

    private static EvidenceSet EvidenceOf(string user, string name)
    {
        var digest = Digest.Compute(Encoding.UTF8.GetBytes(name));
        var manifest = new Descriptor("application/vnd.oci.image.manifest.v1+json", digest, 1_000);
        using var configuration = JsonDocument.Parse($$$"""{ "config": { "User": "{{{user}}}" } }""");
        Assert.True(ImageConfiguration.TryRead(configuration.RootElement, out var read, out _));
        var report = Scanning.ScanReportReader.Read(Encoding.UTF8.GetBytes(
            $$$"""
            {"SchemaVersion":2,"Trivy":{"Version":"0.58.1"},"CreatedAt":"2026-11-22T09:00:00Z","ArtifactName":"made-for-tests","ArtifactType":"container_image",
             "Metadata":{"OS":{"Family":"alpine","Name":"3.20.3"},"ImageID":"{{{digest}}}"},
             "Results":[{"Target":"made-for-tests (alpine 3.20.3)","Class":"os-pkgs","Type":"alpine","Packages":[{"ID":"openssl@3.3.1-r0","Name":"openssl","Version":"3.3.1-r0"}]}]}
            """)).Report!;
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Fixture,
            Subject = new ImageSubject(
                Repository.Parse("registry.local/demo/shop"), manifest, IsIndex: false,
                [new PlatformManifest(new Platform("linux", "amd64"), manifest, digest) { Configuration = read }]),
            Scans =
            [
                new ScanEvidence { Digest = report.Digest, Report = report, Source = EvidenceSource.Submitted, Binding = EvidenceBinding.Proven, Covers = digest },
            ],
        };
    }
}
