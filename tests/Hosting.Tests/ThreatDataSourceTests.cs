// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

public sealed class ThreatDataSourceTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<ThreatDataSource> _log = new();
    private ThreatDataSource _source = null!;

    public ValueTask InitializeAsync()
    {
        _source = new ThreatDataSource(
            new ThreatDataConfiguration { KnownExploited = _folder["kev.json"], Epss = _folder["epss.csv"] }, _clock, _log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Both_files_are_read_with_their_digests_and_told_in_the_log()
    {
        WriteKnownExploited("CVE-2021-44228");
        WriteEpss("CVE-2026-0001,0.5,0.9");

        await _source.RefreshAsync(default);

        Assert.True(_source.Current.KnownExploited!.Contains("CVE-2021-44228"));
        Assert.Equal(0.5, _source.Current.Epss!.Find("CVE-2026-0001"));
        Assert.Equal(Digest.Compute(File.ReadAllBytes(_folder["kev.json"])), _source.Current.KnownExploited.Digest);
        Assert.Contains("1 known exploited vulnerabilities of 2026-11-20", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_configured_is_not_there()
    {
        WriteEpss("CVE-2026-0001,0.5,0.9");
        await using var scores = new ThreatDataSource(new ThreatDataConfiguration { Epss = _folder["epss.csv"] }, _clock, _log);
        await using var nothing = new ThreatDataSource(paths: null, _clock, _log);

        await scores.RefreshAsync(default);
        await nothing.RefreshAsync(default);

        Assert.Null(scores.Current.KnownExploited);
        Assert.NotNull(scores.Current.Epss);
        Assert.Same(SupplyChain.Policy.ThreatData.None, nothing.Current);
    }

    [Fact]
    public async Task A_bad_new_file_leaves_the_last_good_data_in_force_and_says_file_and_line()
    {
        WriteKnownExploited("CVE-2021-44228");
        WriteEpss("CVE-2026-0001,0.5,0.9");
        await _source.RefreshAsync(default);
        var good = _source.Current;

        WriteKnownExploited("CVE-2026-0002");
        WriteEpss("CVE-2026-0001,50%,0.9");
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());

        Assert.Contains("epss.csv:3:1: error: expected a CVE id and two numbers from 0 to 1, found 'CVE-2026-0001,50%,0.9'", problem.Message, StringComparison.Ordinal);
        Assert.Same(good, _source.Current);

        WriteEpss("CVE-2026-0001,0.6,0.9");
        await _source.RefreshAsync(default);
        Assert.True(_source.Current.KnownExploited!.Contains("CVE-2026-0002"));
        Assert.Equal(0.6, _source.Current.Epss!.Find("CVE-2026-0001"));
    }

    [Fact]
    public async Task An_absent_file_is_said_to_be_absent()
    {
        WriteEpss("CVE-2026-0001,0.5,0.9");

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());

        Assert.Contains("kev.json: cannot be read", problem.Message, StringComparison.Ordinal);
        Assert.Same(SupplyChain.Policy.ThreatData.None, _source.Current);
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_read_when_it_is_whole()
    {
        WriteKnownExploited("CVE-2021-44228");
        var readings = 0;
        _source.OnReading = () => WriteEpss(++readings == 1 ? "CVE-2026-0001,0.5,0.9" : "CVE-2026-0001,0.5,0.9\nCVE-2026-0002,0.5,0.9");

        await _source.RefreshAsync(default);

        Assert.Equal((3, 2), (readings, _source.Current.Epss!.Count));
    }

    [Fact]
    public async Task Files_that_never_settle_are_not_put_in_force()
    {
        WriteKnownExploited("CVE-2021-44228");
        var readings = 0;
        _source.OnReading = () => WriteEpss($"CVE-2026-{++readings:0000},0.5,0.9");

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());

        Assert.Contains("keep changing", problem.Message, StringComparison.Ordinal);
        Assert.Same(SupplyChain.Policy.ThreatData.None, _source.Current);
    }

    [Fact]
    public async Task Changes_are_noticed_while_watching_and_one_bad_file_is_told_once()
    {
        WriteKnownExploited("CVE-2021-44228");
        WriteEpss("CVE-2026-0001,0.5,0.9");
        await _source.RefreshAsync(default);
        _source.Watch(Interval);

        WriteEpss("CVE-2026-0001,0.7,0.9");
        await TickUntilAsync(() => _source.Current.Epss!.Find("CVE-2026-0001") is 0.7);

        WriteEpss("nonsense");
        await TickUntilAsync(() => _log.Text.Contains("cannot be used; the last good data stays in force", StringComparison.Ordinal));
        WriteEpss("CVE-2026-0001,0.8,0.9");
        await TickUntilAsync(() => _source.Current.Epss!.Find("CVE-2026-0001") is 0.8);
        Assert.Single(_log.Lines, line => line.StartsWith("1212 ", StringComparison.Ordinal));
    }

    private async Task TickUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            _clock.Advance(Interval);
            await Task.Delay(10);
        }

        Assert.True(condition(), _log.Text);
    }

    // Replaced as an operator should: whole, in one step.
    private void Write(string name, string content)
    {
        File.WriteAllText(_folder["new"], content);
        File.Move(_folder["new"], _folder[name], overwrite: true);
    }

    private void WriteKnownExploited(string id) => Write(
        "kev.json",
        $$"""
        { "catalogVersion": "2026.11.20", "dateReleased": "2026-11-20T17:33:10.2463Z", "count": 1, "vulnerabilities": [{ "cveID": "{{id}}" }] }
        """);

    private void WriteEpss(string lines) => Write(
        "epss.csv", $"#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n{lines}\n");
}
