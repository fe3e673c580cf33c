// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace SupplyChain.CrashingAttestor;

/// <summary>Ends this process as kill -9 does, at a moment of the signing cycle that its trace spans tell.</summary>
internal static class CrashPoint
{
    /// <summary>Lies in wait.</summary>
    /// <param name="step">The step's number.</param>
    /// <param name="moment">
    /// <c>start</c> or <c>stop</c> of the step, or a number: at which HTTP request, to a registry or a log, after the step's start; with
    /// <c>answer</c> before it, at which answer to one.
    /// </param>
    public static IDisposable Set(string step, string moment)
    {
        const string Cycle = "SupplyChain.Attestor";
        const string Http = "System.Net.Http";
        const string Answer = "answer";
        var isAnswer = moment.StartsWith(Answer, StringComparison.Ordinal);
        var left = int.TryParse(isAnswer ? moment[Answer.Length..] : moment, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        var begun = false;
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Cycle or Http,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span =>
            {
                if (IsStep(span))
                {
                    Volatile.Write(ref begun, true);
                    if (moment == "start")
                        Die();
                }
                else if (!isAnswer)
                {
                    CountDown(span);
                }
            },
            ActivityStopped = span =>
            {
                if (IsStep(span) && moment == "stop")
                    Die();
                if (isAnswer)
                    CountDown(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;

        void CountDown(Activity span)
        {
            if (span.Source.Name == Http && Volatile.Read(ref begun) && Interlocked.Decrement(ref left) == 0)
                Die();
        }

        bool IsStep(Activity span) =>
            span.Source.Name == Cycle && string.Equals(span.GetTagItem("supplychain.step") as string, step, StringComparison.Ordinal);
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal may take a moment; nothing is done in it.
        Thread.Sleep(Timeout.Infinite);
    }
}
