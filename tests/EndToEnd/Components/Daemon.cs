// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A running service process. It ends with its owner, by its process id.</summary>
public sealed class Daemon : IAsyncDisposable
{
    // Generous: on a busy machine everything takes its time.
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Daemon(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens, as it said itself.</summary>
    public string Address { get; private set; } = "";

    /// <summary>All that it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Watches a process that was just started until it says where it listens.</summary>
    internal static async Task<Daemon> WatchAsync(
        Process process, string name, string announcement, CancellationToken cancellationToken)
    {
        var daemon = new Daemon(process);
        // Both streams are read to their end, so that the process never blocks on a full pipe.
        process.OutputDataReceived += (_, line) => daemon.Hear(line.Data, announcement);
        process.ErrorDataReceived += (_, line) => daemon.Hear(line.Data, announcement);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var ended = process.WaitForExitAsync(cancellationToken);
            await Task.WhenAny(daemon._announced.Task, ended).WaitAsync(StartsWithin, cancellationToken);
            if (!daemon._announced.Task.IsCompleted)
                throw new InvalidOperationException($"{name} ended before it listened:\n{daemon.Log}");

            daemon.Address = await daemon._announced.Task;
            return daemon;
        }
        catch (Exception fault)
        {
            await daemon.DisposeAsync();
            if (fault is TimeoutException)
                throw new TimeoutException($"{name} did not listen within {StartsWithin}:\n{daemon.Log}", fault);
            throw;
        }
    }

    /// <summary>Ends the process at once, as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits until the process ends by itself; 137 stands for an end by kill -9.</summary>
    public async Task<int> WaitForEndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StartsWithin, cancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line, string announcement)
    {
        if (line is null)
            return;

        lock (_log)
            _log.AppendLine(line);
        var at = line.IndexOf(announcement, StringComparison.Ordinal);
        if (at >= 0)
            _announced.TrySetResult(line[(at + announcement.Length)..].TrimStart().Split(' ', ',', '"')[0]);
    }
}
