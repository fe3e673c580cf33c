// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>A repository over HTTP, and what it may answer.</summary>
public sealed class HttpSourceTests : IAsyncLifetime
{
    private readonly TufWorld _world = new();
    private TufServer _server = null!;
    private HttpSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TufServer.StartAsync(_world.Repository);
        _source = Create(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _server.DisposeAsync();
        _world.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Files_are_got_below_the_address(string end)
    {
        _world.Repository.PublishRoot();
        using var source = Create(_server.Address + end);

        var update = await _world.DoneAsync(source);

        Assert.Equal(2, update.Trust!.Root.Version);
        Assert.Equal("the trusted root\n", TufWorld.TextOf(update));
        Assert.Equal(
            ["2.root.json", "3.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json", _world.Repository.TargetPath("trusted_root.json")],
            _server.Asked);
    }

    /// <summary>What goes wrong, and what is said of it.</summary>
    public static TheoryData<TufFault, string, string> Faults => new()
    {
        { TufFault.ServerError, "TRUST_ROOT_UNAVAILABLE", "/tuf/2.root.json was answered with 503; expected 200, or 404 where there is no such file" },
        { TufFault.Forbidden, "TRUST_ROOT_UNAVAILABLE", "/tuf/2.root.json was answered with 403; expected 200" },
        { TufFault.Redirect, "TRUST_ROOT_UNAVAILABLE", "/tuf/2.root.json was answered with 302; expected 200" },
        { TufFault.BreaksOff, "TRUST_ROOT_UNAVAILABLE", "/tuf/2.root.json was not answered: " },
        { TufFault.Endless, "TRUST_ROOT_INVALID", "2.root.json has more bytes than expected: at most 524288" },
        { TufFault.AnnouncesTooMuch, "TRUST_ROOT_INVALID", "2.root.json has more bytes than expected: at most 524288" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task What_is_no_answer_is_said(TufFault fault, string reason, string text)
    {
        _server.Fault = fault;

        var update = await _world.UpdateAsync(_source);

        Assert.Equal((reason, "5.3.3"), (update.Problem?.Reason.Name, update.Problem?.Section));
        Assert.Contains(text, update.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_too_slowly_is_not_waited_for()
    {
        _server.Fault = TufFault.NeverEnds;
        var update = _world.UpdateAsync(_source);
        await _server.Begun;
        _world.Clock.Advance(Limits.TufFetch);

        var problem = (await update).Problem;

        Assert.Equal(ReasonCode.TrustRootUnavailable, problem?.Reason);
        Assert.Contains("/tuf/2.root.json did not come within 30 s: ", problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_asks_may_stop_waiting()
    {
        _server.Fault = TufFault.NeverEnds;
        using var stop = new CancellationTokenSource();
        var fetch = _source.FetchAsync(TufPath.Timestamp, 10, stop.Token).AsTask();
        await _server.Begun;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_answer()
    {
        await _server.DisposeAsync();

        await _world.RefusedAsync(ReasonCode.TrustRootUnavailable, "5.3.3", "/tuf/2.root.json was not answered: ", _source);
    }

    [Fact]
    public async Task A_file_just_fits()
    {
        _world.Repository.Files["timestamp.json"] = new byte[100_000];

        Assert.Equal(100_000, (await _source.FetchAsync(TufPath.Timestamp, 100_000, CancellationToken.None)).Content?.Length);
        Assert.NotNull((await _source.FetchAsync(TufPath.Timestamp, 99_999, CancellationToken.None)).Problem);
    }

    [Theory]
    [InlineData("http://tuf.example.com")]
    [InlineData("ftp://tuf.example.com")]
    [InlineData("file:///tuf")]
    [InlineData("tuf.example.com")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("https://user:secret@tuf.example.com")]
    [InlineData("https://tuf.example.com/?a=b")]
    [InlineData("https://tuf.example.com/#a")]
    public void Only_https_and_this_machine_are_asked(string? address)
    {
        Assert.False(HttpSource.TryCreate(address, TimeProvider.System, out _, out var problem));
        Assert.Contains("is no https address; expected one such as https://tuf-repo-cdn.sigstore.dev", problem, StringComparison.Ordinal);
    }

    private HttpSource Create(string address)
    {
        Assert.True(HttpSource.TryCreate(address, _world.Clock, out var source, out var problem), problem);
        return source;
    }
}
