// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace SupplyChain.Cli;

/// <summary>Turns SIGINT and SIGTERM into a cancellation; a second one ends the process at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode = ExitCodes.Interrupted;

    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCodes.Terminated)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of work that a signal ended before it was done.</summary>
    public int ExitCode => _exitCode;

    /// <summary>Asks whoever listens to stop, as a signal would.</summary>
    public void Stop(int exitCode)
    {
        _exitCode = exitCode;
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        if (_source.IsCancellationRequested)
            return;

        context.Cancel = true;
        Stop(exitCode);
    }
}
