// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SupplyChain.Kms.Discipline;

/// <summary>What operators see of key services: meter and trace source <c>SupplyChain.Kms</c>.</summary>
internal static class KmsMetrics
{
    public static readonly ActivitySource Spans = new("SupplyChain.Kms");

    private static readonly Meter Meter = new("SupplyChain.Kms");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "kms.call.duration", "s", "Time of one call to a key service, by key and outcome");

    private static readonly UpDownCounter<int> Waiting = Meter.CreateUpDownCounter<int>(
        "kms.queue", "{request}", "Signatures that wait for their turn or are on their way, by key");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "kms.refused", "{request}", "Signatures that were turned away before the service was asked, by key and cause");

    private static readonly Counter<long> Throttled = Meter.CreateCounter<long>(
        "kms.throttled", "{call}", "Calls that the service turned away for being too many, by key");

    public static void Called(string key, TimeSpan took, string outcome) => Duration.Record(
        took.TotalSeconds, new("key", key), new("outcome", outcome));

    public static void Queued(string key, int change) => Waiting.Add(change, new KeyValuePair<string, object?>("key", key));

    public static void TurnedAway(string key, string cause) => Refused.Add(1, new("key", key), new("cause", cause));

    public static void WasThrottled(string key) => Throttled.Add(1, new KeyValuePair<string, object?>("key", key));
}
