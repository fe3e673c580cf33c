// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Hosting;

/// <summary>
/// Whether a service should get requests. Each thing it needs is a check with a name; all must hold within two seconds.
/// Once the service stops it is never ready again.
/// </summary>
public sealed class Readiness(TimeProvider clock, ILogger<Readiness> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<bool>>> _checks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<string?>> _notices = new(StringComparer.Ordinal);
    private volatile bool _stopping;

    /// <summary>Adds something the service needs.</summary>
    /// <param name="name">What the answer calls it, such as <c>ledger</c>.</param>
    /// <param name="holds">Whether it is there; a fault means no.</param>
    public Readiness Require(string name, Func<CancellationToken, ValueTask<bool>> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        if (!_checks.TryAdd(name, holds))
            throw new ArgumentException($"The check {name} exists.", nameof(name));
        return this;
    }

    /// <summary>Adds something that the service can go on without, and that operators have to look at.</summary>
    /// <param name="name">What the answer calls it, such as <c>policies</c>.</param>
    /// <param name="notice">What is wrong, in one printable line; null while nothing is.</param>
    public Readiness Watch(string name, Func<string?> notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (!_notices.TryAdd(name, notice))
            throw new ArgumentException($"The notice {name} exists.", nameof(name));
        return this;
    }

    /// <summary>What is wrong although the service works, as <c>NAME: NOTICE</c>, in ordinal order.</summary>
    public IReadOnlyList<string> FindNotices() =>
    [
        .. _notices.Select(watched => (Name: watched.Key, Notice: watched.Value()))
            .Where(found => found.Notice is not null)
            .Select(found => $"{found.Name}: {found.Notice}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>From now on the service is not ready.</summary>
    public void Stop() => _stopping = true;

    /// <summary>The names of the checks that do not hold, in ordinal order; empty when the service is ready.</summary>
    public async ValueTask<IReadOnlyList<string>> FindMissingAsync(CancellationToken cancellationToken)
    {
        if (_stopping)
            return ["stopping"];

        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var results = await Task.WhenAll(_checks.Select(check => HoldsAsync(check.Key, check.Value, either.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        return [.. results.OfType<string>().Order(StringComparer.Ordinal)];
    }

    private async Task<string?> HoldsAsync(
        string name, Func<CancellationToken, ValueTask<bool>> holds, CancellationToken cancellationToken)
    {
        try
        {
            if (await holds(cancellationToken).AsTask().WaitAsync(cancellationToken))
                return null;

            ServiceLog.NotReady(logger, null, name);
        }
        catch (Exception fault)
        {
            ServiceLog.NotReady(logger, fault, name);
        }

        return name;
    }
}

/// <summary>The endpoints that orchestrators ask.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// Maps <c>/healthz</c>, which answers while the process can answer at all, and <c>/readyz</c>, which answers 200
    /// when everything the service needs is there, with a line for each thing that operators have to look at, and otherwise 503 with the
    /// names of what is not.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints, Readiness readiness)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(readiness);
        endpoints.MapGet("/healthz", static context => context.Response.WriteAsync("ok", context.RequestAborted));
        endpoints.MapGet("/readyz", async context =>
        {
            var missing = await readiness.FindMissingAsync(context.RequestAborted);
            if (missing.Count == 0)
                await context.Response.WriteAsync(string.Join('\n', ["ready", .. readiness.FindNotices()]), context.RequestAborted);
            else
                await Problems.For(ReasonCode.NotReady, $"Not ready: {string.Join(", ", missing)}.").ExecuteAsync(context);
        });
    }
}
