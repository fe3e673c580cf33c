// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Bench;

/// <summary>
/// Measures ours and the floor in turns within one process, so that a machine that slows down slows both, and reports the
/// median of the ratios pair by pair.
/// </summary>
internal static class Pairing
{
    // The JIT compiles hot methods again in the background; on a busy machine that takes seconds.
    private const int WarmUpTurns = 8;
    private const int Rounds = 15;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(150);

    /// <summary>Compares two operations; each returns how many units of work it did.</summary>
    public static async Task<(double Ratio, double FloorNanoseconds)> CompareAsync(Func<ValueTask> floor, Func<ValueTask> ours)
    {
        // Both are compiled and warm before anything counts.
        for (var turn = 0; turn < WarmUpTurns; turn++)
        {
            await TimeAsync(floor);
            await TimeAsync(ours);
        }

        var ratios = new List<double>();
        var floors = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var floorTime = await TimeAsync(floor);
            var ourTime = await TimeAsync(ours);
            ratios.Add(floorTime / ourTime);
            floors.Add(floorTime);
        }

        return (Median(ratios), Median(floors));
    }

    /// <summary>
    /// Measures an operation that has no floor but an allowance: the processor time of one call, collecting garbage included, in the
    /// fastest of the rounds, in nanoseconds. Others who keep the machine busy make it slower and never faster.
    /// </summary>
    public static async Task<double> MeasureAsync(Func<ValueTask> ours)
    {
        // The framework's own methods are compiled again only after many calls.
        for (var turn = 0; turn < 4 * WarmUpTurns; turn++)
            await TimeAsync(ours);

        using var process = Process.GetCurrentProcess();
        var fastest = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            var calls = await CallAsync(ours, Stopwatch.StartNew());
            process.Refresh();
            fastest = Math.Min(fastest, (process.TotalProcessorTime - before).TotalNanoseconds / calls);
        }

        return fastest;
    }

    /// <summary>Bytes that one call allocates on its thread: the same on a busy machine, so that growth shows in it first.</summary>
    public static long BytesOf(Action work)
    {
        const int Times = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            work();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    // Nanoseconds for one call.
    private static async Task<double> TimeAsync(Func<ValueTask> work)
    {
        var watch = Stopwatch.StartNew();
        var calls = await CallAsync(work, watch);
        return watch.Elapsed.TotalNanoseconds / calls;
    }

    // Calls until a slice of time is over, and says how often.
    private static async Task<int> CallAsync(Func<ValueTask> work, Stopwatch watch)
    {
        var calls = 0;
        while (watch.Elapsed < Slice)
        {
            for (var i = 0; i < 8; i++)
                await work();
            calls += 8;
        }

        return calls;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
