// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Cli.Tests.Serve;

/// <summary>A service that runs inside this process, on the port that it printed.</summary>
internal sealed class Serving : IAsyncDisposable
{
    private const string Announcement = "listening on ";

    private readonly Signals _signals;
    private readonly Task<int> _running;

    private Serving(Signals signals, Task<int> running, string address)
    {
        _signals = signals;
        _running = running;
        Address = address;
    }

    public string Address { get; }

    public static async Task<Serving> StartAsync(string service, string config)
    {
        var output = new AnnouncementWriter();
        using var errors = new StringWriter();
        var signals = new Signals();
        var surroundings = new Surroundings { Out = output, Error = errors };
        var running = Task.Run(
            () => CommandLine.RunAsync([service, "serve", "--config", config], surroundings, signals));
        if (await Task.WhenAny(output.Announced, running) == running)
            Assert.Fail($"the {service} ended with {await running}: {errors}");
        return new Serving(signals, running, await output.Announced);
    }

    public async Task<int> StopAsync(int told)
    {
        _signals.Stop(told);
        return await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(ExitCodes.Terminated);
        _signals.Dispose();
    }

    private sealed class AnnouncementWriter : TextWriter
    {
        private readonly TaskCompletionSource<string> _announced = new(
            TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Announced => _announced.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteAsync(string? value)
        {
            Assert.StartsWith(Announcement, value, StringComparison.Ordinal);
            _announced.SetResult(value![Announcement.Length..].TrimEnd('\n'));
            return Task.CompletedTask;
        }
    }
}
