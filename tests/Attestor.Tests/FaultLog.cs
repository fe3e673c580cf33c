// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Attestor.Tests;

/// <summary>What operators are told of faults, where whoever asks is told less.</summary>
internal sealed class FaultLog : ILogger<SigningCycle>
{
    private readonly ConcurrentQueue<string> _faults = new();

    public string Text => string.Join('\n', _faults);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _faults.Enqueue($"{formatter(state, exception)} {exception?.Message}");
}
