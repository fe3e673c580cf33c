// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Clients.Tests;

/// <summary>The example of the library's README compiles, and what it writes verifies.</summary>
public sealed class ReadmeTests : IAsyncLifetime
{
    private Witnesses _world = null!;

    public async ValueTask InitializeAsync() => _world = await Witnesses.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public void The_example_is_what_is_run_here() =>
        ReadmeCode.AssertStandsIn("src/Sigstore.Clients/README.md", "tests/Sigstore.Clients.Tests/ReadmeTests.cs");

    [Fact]
    public async Task It_writes_a_bundle_that_verifies()
    {
        var text = _world.Services.Config().ToJsonString();
        Assert.True(SigningConfig.TryRead(Encoding.UTF8.GetBytes(text), out var config, out var problem), problem);

        var bundle = await WriteAsync(
            config, _world.Root, _world.Envelope, _world.Key.Public, _world.Clock, Witnesses.Stop);

        _world.Verify(bundle, logs: 1, times: 2);
    }

    private static async Task<byte[]> WriteAsync(
        SigningConfig config, TrustedRoot root, Envelope envelope, PublicKey key, TimeProvider clock,
        CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!config.TryChooseLogs(now, SigningConfig.LogVersions, out var logs, out var problem)
            || !config.TryChooseTimestampAuthorities(now, out var authorities, out problem))
            throw new InvalidOperationException(problem);

        using var http = new TransparencyHttp(clock);
        var witness = new SignatureWitness(
            [.. logs.Select(log => new LogClient(http, log, root))],
            [.. authorities.Select(authority => new TimestampClient(http, authority, root))], root);
        var material = await witness.WitnessAsync(LoggedSignature.Of(envelope, key), stop);
        return Bundle.Write(envelope, key, material);
    }
}
