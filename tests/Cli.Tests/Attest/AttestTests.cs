// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using SupplyChain.Cli;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Cli.Tests.Attest;

public sealed class AttestTests : IDisposable
{
    private const string Token = "canary-Token.123";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_approval_is_shown_and_ends_with_0()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Created(Decisions.Approved));

        var run = await AttestAsync(attestor, Decisions.Reference, "--report", Report("""{"a":1}"""));

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.StartsWith(
            $"APPROVED  {Decisions.Reference}   policy payments-release (", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task The_image_the_policy_and_the_reports_arrive_byte_for_byte()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Created(Decisions.Approved));
        var first = "{ \"spaces\" :  [1,\n2] }\n";
        var second = new string('x', 300_000);

        await AttestAsync(
            attestor, Decisions.Reference, "--report", Report(first), "--report", Report(second), "--policy",
            "payments-release",
            "--idempotency-key", "build-17");

        var request = Assert.Single(attestor.Requests);
        Assert.Equal("/v1/attestations", request.Path);
        Assert.Equal("Bearer " + Token, request.Token);
        Assert.Equal("build-17", request.IdempotencyKey);
        Assert.Equal(
            [("image", Decisions.Reference), ("policy", "payments-release"), ("report", first), ("report", second)],
            request.Parts);
    }

    [Fact]
    public async Task Documents_arrive_byte_for_byte_each_in_the_part_that_was_named()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Created(Decisions.Approved));

        await AttestAsync(
            attestor, Decisions.Reference, "--provenance", Report("{ }"), "--sbom", Report("[1]"), "--attestation", Report("3"), "--sbom", Report("[2]"));

        Assert.Equal(
            [("image", Decisions.Reference), ("sbom", "[1]"), ("sbom", "[2]"), ("provenance", "{ }"), ("attestation", "3")],
            Assert.Single(attestor.Requests).Parts);
    }

    [Fact]
    public async Task Check_only_asks_for_a_check_and_says_that_nothing_was_signed()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Answer(200, "application/json", Decisions.Approved.ToJson()));

        var run = await AttestAsync(attestor, Decisions.Reference, "--check");

        Assert.Equal("/v1/attestations?mode=check", Assert.Single(attestor.Requests).Path);
        Assert.Contains("(check only, nothing was signed)", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task A_refusal_is_shown_with_its_findings_and_ends_with_1()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.RefusedWith(Decisions.Refused));

        var run = await AttestAsync(attestor, Decisions.Reference);

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.Contains("CVE-2026-0001  CRITICAL  openssl 3.0.11-1", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Json_is_exactly_the_decision()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.RefusedWith(Decisions.Refused));

        var run = await AttestAsync(attestor, Decisions.Reference, "--output", "json");

        Assert.Equal(Encoding.UTF8.GetString(Decisions.Refused.ToJson(indented: true)) + "\n", run.Out);
        Assert.Equal(ExitCodes.Refused, run.ExitCode);
    }

    [Fact]
    public async Task A_busy_attestor_is_asked_again_as_the_same_request()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Problem(503, ReasonCode.NotReady, "starting", retryAfter: "0"),
            FakeAttestor.Problem(409, ReasonCode.RequestInProgress, "signing", retryAfter: "0"),
            FakeAttestor.Problem(429, ReasonCode.RateLimited, "slowly", retryAfter: "0"),
            FakeAttestor.Created(Decisions.Approved));
        var report = Report("""{"a":1}""");

        var run = await AttestAsync(attestor, Decisions.Reference, "--report", report);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(4, attestor.Requests.Count);
        Assert.All(attestor.Requests, request => Assert.Null(request.IdempotencyKey));
        Assert.All(attestor.Requests, request => Assert.Contains(("report", """{"a":1}"""), request.Parts));
        Assert.Contains("503: NOT_READY: starting; trying again in", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_tried_again_and_not_for_ever()
    {
        await using var once = await FakeAttestor.StartAsync(
            FakeAttestor.Abort, FakeAttestor.Created(Decisions.Approved));
        await using var always = await FakeAttestor.StartAsync(
            FakeAttestor.Abort, FakeAttestor.Abort, FakeAttestor.Abort);

        var recovered = await AttestAsync(once, Decisions.Reference);
        var lost = await AttestAsync(always, Decisions.Reference);

        Assert.Equal((ExitCodes.Done, ExitCodes.Unreachable), (recovered.ExitCode, lost.ExitCode));
        Assert.Equal(3, always.Requests.Count);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_proxy_without_an_attestor_behind_it_is_asked_again(int status)
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Answer(status, "text/html", "<html>"), FakeAttestor.Created(Decisions.Approved));

        var run = await AttestAsync(attestor, Decisions.Reference);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.StartsWith($"the attestor answered {status}; trying again in", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_date_to_come_back_at_is_understood()
    {
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1).ToString("R", CultureInfo.InvariantCulture);
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("R", CultureInfo.InvariantCulture);
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Problem(429, ReasonCode.RateLimited, "wait", retryAfter: yesterday),
            FakeAttestor.Problem(429, ReasonCode.RateLimited, "wait", retryAfter: tomorrow));

        var run = await AttestAsync(attestor, Decisions.Reference, "--timeout", "1m");

        Assert.Equal(2, attestor.Requests.Count);
        Assert.Contains("gave up, --timeout is 60 s", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("an authority that is trusted", true, false, ExitCodes.Done)]
    [InlineData("an authority that is not", false, false, ExitCodes.Unreachable)]
    [InlineData("a certificate that has expired", true, true, ExitCodes.Unreachable)]
    public async Task Over_tls_the_certificate_comes_from(string because, bool trusted, bool expired, int expected)
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority("another authority");
        using var certificate = authority.Issue(expired, "127.0.0.1");
        await using var attestor = await FakeAttestor.StartTlsAsync(
            certificate, FakeAttestor.Created(Decisions.Approved));
        await File.WriteAllTextAsync(_folder["ca.pem"], (trusted ? authority : other).Pem);

        var run = await AttestAsync(attestor, Decisions.Reference, "--attestor-ca", _folder["ca.pem"]);

        Assert.True(run.ExitCode == expected, because + run.Error);
        Assert.Equal(expected == ExitCodes.Done ? 1 : 0, attestor.Requests.Count);
    }

    [Theory]
    [InlineData("no certificate", "hello", "holds no certificate")]
    [InlineData("a broken one", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read")]
    public async Task A_file_of_authorities_that_cannot_be_used_ends_with_2(
        string because, string content, string expected)
    {
        await using var attestor = await FakeAttestor.StartAsync();
        await File.WriteAllTextAsync(_folder["ca.pem"], content);

        var run = await AttestAsync(attestor, Decisions.Reference, "--attestor-ca", _folder["ca.pem"]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_names_its_type_only_when_asked()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Answer(500, "text/plain", "x"), FakeAttestor.Answer(500, "text/plain", "x"));

        var brief = await AttestAsync(attestor, Decisions.Reference);
        var verbose = await AttestAsync(attestor, Decisions.Reference, "--verbose");

        Assert.Equal("supplychain: the attestor answered 500\n", brief.Error);
        Assert.Equal($"supplychain: the attestor answered 500 [{typeof(CommandFailure).FullName}]\n", verbose.Error);
    }

    [Fact]
    public async Task Progress_is_for_those_who_watch_and_leaves_nothing_behind()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Created(Decisions.Approved));

        var run = await Invoked.RunAsync(
            Environment(), ["attest", Decisions.Reference, "--report", Report("{}"), "--attestor", attestor.Address],
            terminal: true);

        Assert.Contains("Waiting for the decision", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[2K", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attestor_that_asks_for_more_patience_than_there_is_ends_with_3_at_once()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Problem(503, ReasonCode.NotReady, "maintenance", retryAfter: "3600"));
        var watch = Stopwatch.StartNew();

        var run = await AttestAsync(attestor, Decisions.Reference, "--timeout", "30s");

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("NOT_READY: maintenance; gave up, --timeout is 30 s", run.Error, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"waited {watch.Elapsed}");
    }

    [Fact]
    public async Task What_an_operator_has_to_put_right_first_is_not_waited_for()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Problem(503, ReasonCode.KeyUnusable, "the signing key did not sign"));

        var run = await AttestAsync(attestor, Decisions.Reference, "--timeout", "10m");

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("KEY_UNUSABLE: the signing key did not sign", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("trying again", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attestor_that_never_answers_ends_with_3_when_time_is_up()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Hang);

        var run = await AttestAsync(attestor, Decisions.Reference, "--timeout", "1s");

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("did not answer; gave up, --timeout is 1 s", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_ends_with_3()
    {
        string address;
        await using (var gone = await FakeAttestor.StartAsync())
            address = gone.Address;

        var run = await Invoked.RunAsync(
            Environment(), ["attest", Decisions.Reference, "--attestor", address]);

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string, int> Problems => new()
    {
        { "a malformed request", 400, "BAD_REQUEST", ExitCodes.BadInput },
        { "a bad token", 401, "TOKEN_INVALID", ExitCodes.BadInput },
        { "a requester without a grant", 403, "NOT_AUTHORISED", ExitCodes.Refused },
        { "a wrong address", 404, "NOT_FOUND", ExitCodes.BadInput },
        { "a conflict that will not go away", 409, "IDEMPOTENCY_CONFLICT", ExitCodes.BadInput },
        { "too large a body", 413, "REQUEST_LIMIT", ExitCodes.BadInput },
        { "a refusal without a decision", 422, "REPORT_MALFORMED", ExitCodes.Refused },
        { "a fault of the attestor's", 500, "INTERNAL", ExitCodes.Unreachable },
    };

    [Theory, MemberData(nameof(Problems))]
    public async Task A_problem_is_one_line_with_its_reason_and_what_helps(string because, int status, string reason, int expected)
    {
        Assert.True(ReasonCode.TryParse(reason, out var code), because);
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Problem(status, code, "said the attestor"));

        var run = await AttestAsync(attestor, Decisions.Reference);

        // What failed on the attestor's side is not for the caller to remedy.
        var remedy = status < 500 ? $". {code.Remedy}" : "";
        Assert.Equal($"supplychain: the attestor answered {status}: {reason}: said the attestor{remedy}\n", run.Error);
        Assert.Equal(expected, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Single(attestor.Requests);
    }

    public static TheoryData<string, string, string> Nonsense => new()
    {
        { "no JSON", "<html>welcome</html>", "is no decision" },
        { "nothing", "", "is no decision" },
        { "another document", "{}", "is no decision" },
        { "duplicate members", """{"id":"a","id":"a"}""", "is no decision" },
        {
            "a decision with a member too many",
            Json(Decisions.Approved).Replace("\"id\"", "\"more\":1,\"id\"", StringComparison.Ordinal), "is no decision"
        },
        {
            "another image's digest",
            Json(Decisions.Approved with { Subject = new DecisionSubject(Decisions.Name, Decisions.Report, []) }),
            "is about another image"
        },
        {
            "another repository",
            Json(Decisions.Approved with
            {
                Subject = new DecisionSubject("registry.example.com/other", Decisions.Image, []),
            }),
            "is about another image"
        },
        {
            "an approval although a check failed", Json(Decisions.Refused with { Outcome = Outcome.Approved }),
            "contradicts its own checks"
        },
        { "an approval without checks", Json(Decisions.Approved with { Checks = [] }), "contradicts its own checks" },
        { "a refusal under 'created'", Json(Decisions.Refused), "is no approval" },
        {
            "an admission decision", Json(Decisions.Of(DecisionKind.Admission, Decisions.Passed)),
            "is not about signing"
        },
    };

    [Theory, MemberData(nameof(Nonsense))]
    public async Task An_answer_that_is_not_this_images_approval_is_none(string because, string body, string expected)
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Answer(201, "application/json", body));

        var run = await AttestAsync(attestor, Decisions.Reference);

        Assert.True(run.ExitCode == ExitCodes.Unreachable, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var attestor = await FakeAttestor.StartAsync(async context =>
        {
            context.Response.StatusCode = 201;
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(block);
        });

        var run = await AttestAsync(attestor, Decisions.Reference, "--timeout", "30s");

        Assert.Contains($"longer than {Limits.AttestorAnswerBytes} bytes", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_token_stays_home()
    {
        await using var elsewhere = await FakeAttestor.StartAsync(FakeAttestor.Created(Decisions.Approved));
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Redirect(elsewhere.Address + "/v1/attestations"));

        var run = await AttestAsync(attestor, Decisions.Reference);

        Assert.Empty(elsewhere.Requests);
        Assert.Contains("redirects are not followed", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
    }

    [Fact]
    public async Task A_refusal_that_needs_no_report_comes_before_the_reports_are_sent()
    {
        await using var attestor = await FakeAttestor.StartUnreadAsync(
            FakeAttestor.Problem(413, ReasonCode.RequestLimit, "too large"));
        var report = _folder["large.json"];
        await using (var file = File.Create(report))
            file.SetLength(200_000_000);

        var run = await AttestAsync(attestor, Decisions.Reference, "--report", report);

        Assert.Contains("413: REQUEST_LIMIT: too large", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
    }

    [Fact]
    public async Task The_token_is_never_shown()
    {
        await using var attestor = await FakeAttestor.StartAsync(
            FakeAttestor.Answer(500, "application/problem+json", "{}"),
            FakeAttestor.Answer(201, "text/plain", "what?"));
        var file = _folder["token"];
        await File.WriteAllTextAsync(file, Token + "\n");

        string[][] calls =
        [
            ["attest", Decisions.Reference, "--attestor", attestor.Address, "--token-file", file, "--verbose"],
            ["attest", Decisions.Reference, "--attestor", attestor.Address, "--verbose"],
            ["attest", Decisions.Reference, "--attestor", "http://192.0.2.1", "--verbose"],
        ];
        foreach (var call in calls)
        {
            var run = await Invoked.RunAsync(Environment(), call);
            Assert.DoesNotContain(Token, run.Out + run.Error, StringComparison.Ordinal);
            Assert.NotEqual(ExitCodes.Done, run.ExitCode);
        }

        Assert.Equal(2, attestor.Requests.Count);
        Assert.All(attestor.Requests, request => Assert.Equal("Bearer " + Token, request.Token));
    }

    public static TheoryData<string, string[], string> Misuse => new()
    {
        { "a tag", ["registry.example.com/app:v1"], "names no digest; write registry.example.com/app@sha256:…" },
        { "neither tag nor digest", ["nginx"], "names no digest; write docker.io/library/nginx@sha256:…" },
        { "tag and digest", [$"registry.example.com/app:v1@{Decisions.Image}"], "has a tag and a digest" },
        { "no image name", ["Registry.example.com/UPPER@x"], "image 'Registry.example.com/UPPER@x'" },
        {
            "a report that is not there", [Decisions.Reference, "--report", "/nowhere/trivy.json"],
            "report '/nowhere/trivy.json' cannot be read"
        },
        { "an SBOM that is not there", [Decisions.Reference, "--sbom", "/nowhere/bom.json"], "sbom '/nowhere/bom.json' cannot be read" },
        { "a report that is a folder", [Decisions.Reference, "--report", "/"], "report '/' cannot be read" },
        {
            "a token file that is not there", [Decisions.Reference, "--token-file", "/nowhere/token"],
            "token file '/nowhere/token' cannot be read"
        },
        { "an idempotency key with a line break", [Decisions.Reference, "--idempotency-key", "a\nb"], "visible ASCII" },
        {
            "an idempotency key without end",
            [Decisions.Reference, "--idempotency-key", new string('k', Limits.IdempotencyKeyLength + 1)],
            "1 to 255 visible ASCII"
        },
        { "no time at all", [Decisions.Reference, "--timeout", "0s"], "--timeout is a number" },
        { "an unknown format", [Decisions.Reference, "--output", "yaml"], "--output is text or json or sarif or github or gitlab, not 'yaml'" },
        { "an unknown option", [Decisions.Reference, "--sign-anyway"], "--sign-anyway" },
    };

    [Theory, MemberData(nameof(Misuse))]
    public async Task Misuse_ends_with_2_and_sends_nothing(string because, string[] arguments, string expected)
    {
        await using var attestor = await FakeAttestor.StartAsync();

        var run = await AttestAsync(attestor, arguments);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(attestor.Requests);
    }

    [Fact]
    public async Task A_report_that_can_be_read_only_once_ends_with_2()
    {
        await using var attestor = await FakeAttestor.StartAsync();
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);

        var run = await AttestAsync(
            attestor, Decisions.Reference, "--report",
            $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}");

        Assert.Contains("is no regular file", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Empty(attestor.Requests);
    }

    public static TheoryData<string, string, string> Addresses => new()
    {
        { "no address", "attestor", "must be https://" },
        { "another scheme", "ftp://attestor.example.com", "must be https://" },
        { "a user", "https://user:secret@attestor.example.com", "must be https://" },
        { "a query", "https://attestor.example.com/?token=1", "must be https://" },
        { "a number for a host", "https://0x7f.1", "must be https://" },
        { "http to another machine", "http://attestor.example.com", "--unsafe-plain-http" },
        { "http to an address that only looks local", "http://127.0.0.1.example.com", "--unsafe-plain-http" },
    };

    [Theory, MemberData(nameof(Addresses))]
    public async Task An_address_that_would_leak_the_token_or_is_none_ends_with_2(
        string because, string address, string expected)
    {
        var run = await Invoked.RunAsync(Environment(), ["attest", Decisions.Reference, "--attestor", address]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?> Tokens => new()
    {
        { "none", null },
        { "empty", "" },
        { "a second header", "abc\r\nX-Admin: 1" },
        { "a space inside", "abc def" },
        { "letters beyond ASCII", "tökén" },
        { "one without end", new string('t', 20_000) },
    };

    [Theory, MemberData(nameof(Tokens))]
    public async Task A_token_that_cannot_be_one_ends_with_2(string because, string? token)
    {
        await using var attestor = await FakeAttestor.StartAsync();
        var variables = token is null
            ? []
            : new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN_TOKEN"] = token };

        var run = await Invoked.RunAsync(variables, ["attest", Decisions.Reference, "--attestor", attestor.Address]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains("SUPPLYCHAIN_TOKEN", run.Error, StringComparison.Ordinal);
        Assert.Empty(attestor.Requests);
    }

    [Fact]
    public async Task Control_c_ends_with_130()
    {
        await using var attestor = await FakeAttestor.StartAsync(FakeAttestor.Hang);
        Signals? signals = null;

        var running = Invoked.RunAsync(
            Environment(), ["attest", Decisions.Reference, "--attestor", attestor.Address],
            started => signals = started);
        while (attestor.Requests.Count == 0)
            await Task.Delay(20);
        signals!.Stop(ExitCodes.Interrupted);
        var run = await running;

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Equal("supplychain: stopped\n", run.Error);
    }

    private static string Json(Decision decision) => Encoding.UTF8.GetString(decision.ToJson());

    private static Dictionary<string, string> Environment() =>
        new(StringComparer.Ordinal) { ["SUPPLYCHAIN_TOKEN"] = Token };

    private static Task<Invoked> AttestAsync(FakeAttestor attestor, params string[] arguments) =>
        Invoked.RunAsync(Environment(), ["attest", .. arguments, "--attestor", attestor.Address]);

    private string Report(string content)
    {
        var path = _folder[$"{Guid.NewGuid():n}.json"];
        File.WriteAllText(path, content);
        return path;
    }
}
