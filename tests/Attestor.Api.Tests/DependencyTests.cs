// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>
/// What the service needs fails: the client is told when to ask again, and asking again finishes what was begun.
/// </summary>
public sealed class DependencyTests(Service service) : IClassFixture<Service>
{
    private const string Manifests = "/v2/demo/shop/manifests/*";

    public static TheoryData<string, Action<RegistrySimulator, SampleImage>, string> Retryable => new()
    {
        { "hangs", (registry, _) => registry.Break("GET", Manifests, new FaultEffect.Hang()), "REGISTRY_UNAVAILABLE" },
        {
            "says 429",
            (registry, _) => registry.Break("GET", Manifests, FaultEffect.Status(429, ("Retry-After", "30"))),
            "REGISTRY_THROTTLED"
        },
        {
            "says 500",
            (registry, _) => registry.Break("GET", Manifests, FaultEffect.Status(500)),
            "REGISTRY_UNAVAILABLE"
        },
        {
            "breaks off",
            (registry, _) => registry.Break("GET", Manifests, new FaultEffect.LoseAnswer()),
            "REGISTRY_UNAVAILABLE"
        },
        {
            "has no configuration",
            (registry, _) => registry.Break("GET", "/v2/demo/shop/blobs/*", FaultEffect.Status(404)),
            "BLOB_MISSING"
        },
    };

    [Theory, MemberData(nameof(Retryable), DisableDiscoveryEnumeration = true)]
    public async Task A_registry_that_cannot_be_read_is_an_error_that_can_be_asked_again(
        string because, Action<RegistrySimulator, SampleImage> wrong, string reason)
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();
        wrong(service.Registry, image);

        var broken = await service.AttestAsync(Bodies.Multipart(image.Name, report), idempotencyKey: because);
        service.Registry.Mend();

        broken.AssertProblem(because, 503, "unavailable", reason, carriesDecision: true);
        broken.AssertRetryAfter();
        Assert.Equal(Outcome.Error, broken.Decision.Outcome);
        await service.AssertOnlyAsync(because, mark, EntryKind.Refusal);

        var mended = await service.AttestAsync(Bodies.Multipart(image.Name, report), idempotencyKey: because);
        mended.AssertDecision(201, Outcome.Approved);
    }

    [Fact]
    public async Task What_a_registry_says_about_coming_back_reaches_the_client()
    {
        var image = service.PushImage();
        service.Registry.Break("GET", Manifests, FaultEffect.Status(429, ("Retry-After", "1800")));

        var broken = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));
        service.Registry.Mend();

        Assert.Equal(1800, broken.AssertRetryAfter());
    }

    public static TheoryData<string, string, string, FaultEffect, string> Unstored => new()
    {
        { "stores nothing", "PUT", Manifests, FaultEffect.Status(500), "REGISTRY_UNAVAILABLE" },
        { "lets nobody write", "POST", "*", FaultEffect.Status(403), "REGISTRY_DENIED" },
        {
            "forgets what it stored",
            "GET",
            "/v2/demo/shop/referrers/*",
            FaultEffect.Status(500),
            "REGISTRY_UNAVAILABLE"
        },
    };

    [Theory, MemberData(nameof(Unstored), DisableDiscoveryEnumeration = true)]
    public async Task What_was_approved_and_could_not_be_stored_is_no_refusal_and_is_finished_by_the_same_request(
        string because, string method, string path, FaultEffect effect, string reason)
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();
        service.Registry.Break(method, path, effect);

        var broken = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        service.Registry.Mend();

        broken.AssertProblem(because, 503, "unavailable", reason);
        if (reason == "REGISTRY_DENIED")
            Assert.Null(broken.Header("Retry-After"));
        else
            broken.AssertRetryAfter();
        Assert.Equal(4, await SignaturesAsync(mark));
        Assert.DoesNotContain(
            await service.EntriesAsync(mark), entry => entry.Kind is EntryKind.Completion or EntryKind.Refusal);

        var mended = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        mended.AssertDecision(201, Outcome.Approved);
        Assert.Equal(4, await SignaturesAsync(mark));
        Assert.Single(await service.EntriesAsync(mark), entry => entry.Kind == EntryKind.Completion);
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_is_no_refusal_and_nothing_is_signed()
    {
        await using var keyless = new KeylessService();
        await keyless.InitializeAsync();
        var image = keyless.PushImage();

        var answer = await keyless.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));

        answer.AssertProblem("no key", 503, "unavailable", "KEY_UNUSABLE", "the signing key did not sign");
        Assert.Null(answer.Header("Retry-After"));
        await keyless.AssertOnlyAsync("no key", 0, EntryKind.Evidence);
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_shows_at_start()
    {
        await using var keyless = new KeylessService();
        await keyless.InitializeAsync();

        Assert.Contains(
            "Nothing can be signed as release for now: KEY_UNUSABLE: ", keyless.Log.Text, StringComparison.Ordinal);
        Assert.Contains("approval.key", keyless.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_stops_everything_until_it_can()
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();
        foreach (var table in (string[])["entries", "leases"])
            Execute($"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'canary'); END");

        var signing = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        var refusing = await service.AttestAsync(Bodies.Multipart(image.Name));
        var rejecting = await service.AttestAsync(Bodies.Multipart("a:1"));
        var malformed = await service.AttestAsync(Bodies.Raw(""));
        var ready = await service.GetAsync("/readyz", token: null);
        var alive = await service.GetAsync("/healthz", token: null);
        Execute("DROP TRIGGER full_entries; DROP TRIGGER full_leases");

        foreach (var answer in (Answer[])[signing, refusing, rejecting, malformed])
        {
            answer.AssertProblem("full", 503, "unavailable", "AUDIT_UNAVAILABLE");
            answer.AssertRetryAfter();
        }

        ready.AssertProblem("full", 503, "unavailable", "NOT_READY", "Not ready: ledger.");
        ready.AssertRetryAfter();
        Assert.Equal((200, "ok"), (alive.Status, alive.Text));
        await service.AssertOnlyAsync("full", mark);

        Assert.Equal("ready", (await service.GetAsync("/readyz", token: null)).Text);
        (await service.AttestAsync(Bodies.Multipart(image.Name, report))).AssertDecision(201, Outcome.Approved);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_client_that_goes_away_in_the_middle_of_its_request_leaves_nothing(bool isReset)
    {
        service.Log.Forget();
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();
        var body = Bodies.MultipartText(Bodies.Part("image", image.Name), Bodies.Part("report", report));

        using (var connection = await RawHttp.ConnectAsync(
            service, "POST /v1/attestations",
            [
                $"Authorization: Bearer {Service.Token}", $"Content-Type: {Bodies.MultipartType}",
                $"Content-Length: {body.Length}",
            ],
            body[..^100]))
        {
            // Time to begin with the body; without lingering the connection is then reset instead of closed.
            await Task.Delay(100);
            connection.LingerState = new LingerOption(enable: isReset, seconds: 0);
            connection.Client.Dispose();
        }

        (await service.AttestAsync(Bodies.Multipart(image.Name, report))).AssertDecision(201, Outcome.Approved);
        Assert.Equal(4, await SignaturesAsync(mark));
        Assert.DoesNotContain(
            await service.EntriesAsync(mark), entry => entry.Kind is EntryKind.Rejected or EntryKind.Refusal);
        Assert.DoesNotContain("Error ", service.Log.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Moments => new()
    {
        { "while the image is looked at", "GET", Manifests },
        { "while signatures are stored", "PUT", Manifests },
    };

    [Theory, MemberData(nameof(Moments))]
    public async Task A_client_that_goes_away_meanwhile_gets_its_answer_when_it_asks_again(
        string because, string method, string path)
    {
        var image = service.PushImage();
        var report = Service.ReportOf(image);
        var mark = await service.MarkAsync();
        using var gone = new CancellationTokenSource();
        service.Registry.Break(method, path, new FaultEffect.Before(async _ =>
        {
            await gone.CancelAsync();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }), times: 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => service.AttestAsync(Bodies.Multipart(image.Name, report), cancellationToken: gone.Token));
        service.Registry.Mend();
        var again = await service.AttestAsync(Bodies.Multipart(image.Name, report));

        Assert.True(again.Status == 201, $"{because}: {again.Text}");
        Assert.Equal(4, await SignaturesAsync(mark));
        Assert.Single(await service.EntriesAsync(mark), entry => entry.Kind == EntryKind.Completion);
    }

    private async Task<int> SignaturesAsync(long mark) =>
        (await service.EntriesAsync(mark)).Count(entry => entry.Kind == EntryKind.Signature);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={service.Ledger};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
