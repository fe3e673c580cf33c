// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SupplyChain.Kms;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

/// <summary>Policies on disk that are not in force: what readiness, the meter and the log say of them.</summary>
public sealed class StalePoliciesTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<PolicySource> _log = new();
    private PolicySource _source = null!;

    private string Policy => _folder["policies/release.yaml"];

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder["policies"]);
        Directory.CreateDirectory(_folder["keys"]);
        using var password = KeyPassword.From("password of a test");
        FileKey.Generate(_folder["keys/release"], KeyType.EcdsaP256, password);
        _source = new PolicySource([_folder["policies"]], _folder.Path, PublicKeys.OfFiles, _clock, _log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_failing_reload_is_named_with_its_place_and_since_when_and_the_service_stays_ready()
    {
        Write();
        await _source.RefreshAsync(default);
        await using var service = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(client));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Write("purpose: approvals");
        await _source.RefreshAsync(default);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Write("purpose: nonsense");
        await _source.RefreshAsync(default);
        var stale = await ReadyAsync(client);
        Write();
        await _source.RefreshAsync(default);

        Assert.Equal(
            (HttpStatusCode.OK, $"ready\npolicies: what is on disk is not in force, since 2026-11-22T10:01:00Z: {Path.GetFileName(Policy)}:5:12 POLICY_INVALID"), stale);
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(client));
    }

    [Fact]
    public async Task A_set_that_never_loaded_is_not_ready()
    {
        Write("purpose: approvals");
        await _source.RefreshAsync(default);
        await using var service = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };

        var (status, body) = await ReadyAsync(client);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal("NOT_READY", problem.RootElement.GetProperty("reason").GetString());
        Assert.Equal("Not ready: policies.", problem.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_named_until_it_can_be_read_again()
    {
        Write();
        await _source.RefreshAsync(default);
        var set = _source.Current;
        Directory.Move(_folder["policies"], _folder["gone"]);

        await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());
        var failure = _source.Failure;
        Directory.Move(_folder["gone"], _folder["policies"]);
        await _source.RefreshAsync(default);

        Assert.EndsWith(": they cannot be read", failure!.ToString(), StringComparison.Ordinal);
        Assert.Null(_source.Failure);
        Assert.Same(set, _source.Current);
        Assert.Contains("1206 Information The policies on disk are in force again", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_set_that_the_service_cannot_work_by_is_named_until_there_is_another()
    {
        Write();
        await _source.RefreshAsync(default);

        _source.Refuse(_source.Current!, "there is no AdmissionPolicy");
        await _source.RefreshAsync(default);
        var refused = _source.Failure;
        Write("verifierId: urn:example:another\n  purpose: approval");
        await _source.RefreshAsync(default);

        Assert.Equal(["there is no AdmissionPolicy"], refused!.Problems);
        Assert.Null(_source.Failure);
    }

    [Fact]
    public async Task Every_look_is_counted_and_only_a_change_is_logged()
    {
        using var meter = new Readings(_source.Meter);
        Write();
        await _source.RefreshAsync(default);
        Assert.Equal("SupplyChain.Policies", _source.Meter.Name);
        Assert.Equal((0, 0), meter.Read());

        Write("purpose: approvals");
        await _source.RefreshAsync(default);
        var told = _log.Lines.Count;
        await _source.RefreshAsync(default);
        await _source.RefreshAsync(default);
        Assert.Equal((3, 1), meter.Read());
        Assert.Equal(told, _log.Lines.Count);

        Directory.Delete(_folder["policies"], recursive: true);
        for (var look = 0; look < 3; look++)
            await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());
        Assert.Equal((6, 1), meter.Read());
        Assert.Equal(told + 1, _log.Lines.Count);

        Directory.CreateDirectory(_folder["policies"]);
        Write();
        await _source.RefreshAsync(default);
        Assert.Equal((6, 0), meter.Read());
        Assert.Equal(told + 2, _log.Lines.Count);
    }

    [Fact]
    public void Many_problems_are_counted_and_not_all_shown()
    {
        var failure = new PolicyReloadFailure(
            DateTimeOffset.UnixEpoch, [.. Enumerable.Range(1, 7).Select(line => $"a.yaml:{line}:1")]);

        Assert.Equal(
            "what is on disk is not in force, since 1970-01-01T00:00:00Z: "
            + "a.yaml:1:1, a.yaml:2:1, a.yaml:3:1, a.yaml:4:1, a.yaml:5:1 and 2 more",
            failure.ToString());
    }

    private async Task<WebApplication> StartAsync()
    {
        await File.WriteAllTextAsync(
            _folder["config.json"], """{ "listen": "http://127.0.0.1:0", "policies": ["policies"], "registries": { "a.example": {} } }""");
        var configuration = await ConfigurationFile.ReadVerifierAsync(_folder["config.json"], default);
        var app = ServiceHost.CreateBuilder(configuration, requestBytes: 1024, _clock).Build();
        app.UseProblems(static _ => null);
        app.UseRouting();
        app.MapHealth(app.Services.GetRequiredService<Readiness>().RequirePolicies(_source));
        await app.StartAsync();
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Body)> ReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/readyz");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private void Write(string purpose = "purpose: approval") => File.WriteAllText(
        Policy,
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec:
          {{purpose}}
          members:
            - key: file:keys/release
        """);

    /// <summary>What the meter of one source says.</summary>
    private sealed class Readings : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);

        public Readings(Meter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
                _values.AddOrUpdate(instrument.Name, value, (_, before) => before + value));
            _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.Start();
        }

        public (long Failures, long Stale) Read()
        {
            _listener.RecordObservableInstruments();
            return (_values.GetValueOrDefault("policy.reload.failures"), _values.GetValueOrDefault("policy.stale"));
        }

        public void Dispose() => _listener.Dispose();
    }
}
