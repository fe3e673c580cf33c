// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Bench;

// usage: bench [FILTER]   runs the benchmarks whose name contains FILTER; exit code 1 below an aim or without a result
if (args is [MemoryGrowth.Measure, var small, var large, var findings])
{
    await MemoryGrowth.PrintAsync(small, large, int.Parse(findings, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [KeyService.Serve, var serviceTime])
{
    await KeyService.RunAsync(serviceTime);
    return 0;
}

// Services that are measured log to the console; results are all that standard output gets.
var results = Console.Out;
Console.SetOut(Console.Error);

var filter = args.Length > 0 ? args[0] : "";
Func<Task<Result>>[] benchmarks =
[
    SignatureBenchmarks.SimpleSigningAsync,
    SignatureBenchmarks.AttestationAsync,
    KeylessBenchmarks.MessageAsync,
    KeylessBenchmarks.EnvelopeAsync,
    KeylessBenchmarks.Rekor2Async,
    ReportBenchmarks.ReadTrivyAsync,
    ReportBenchmarks.ReadGrypeAsync,
    ReportBenchmarks.ReadSarifAsync,
    ReportBenchmarks.ReadCycloneDxAsync,
    ReportBenchmarks.MemoryTrivyAsync,
    ReportBenchmarks.MemorySarifAsync,
    ReportBenchmarks.MemoryCycloneDxAsync,
    EvaluateBenchmarks.ExceptionsAsync,
    DecisionBenchmarks.EvaluateAsync,
    AdmissionBenchmarks.WarmAsync,
    AdmissionBenchmarks.FetchAndVerifyAsync,
    KeyBenchmarks.ProcessorAsync,
    KeyBenchmarks.LatencyAsync,
    KeyBenchmarks.ThroughputAsync,
    SimulationBenchmarks.ReplayAsync,
];

var ran = 0;
var failed = 0;
foreach (var benchmark in benchmarks)
{
    var name = Result.NameOf(benchmark.Method);
    if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase))
        continue;

    ran++;
    try
    {
        var result = await benchmark();
        await results.WriteLineAsync(result.ToString());
        failed += result.IsMet ? 0 : 1;
    }
    catch (Exception broken)
    {
        // One that cannot run must not hide what the others have to say.
        failed++;
        await Console.Error.WriteLineAsync($"{name} gave no result: {broken}");
    }
}

if (ran == 0)
    await Console.Error.WriteLineAsync($"no benchmark is named like '{filter}'");
return ran == 0 || failed > 0 ? 1 : 0;
