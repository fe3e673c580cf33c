// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Bench;

// usage: bench [FILTER]   runs the benchmarks whose name contains FILTER; exit code 1 below an aim or without a result
var filter = args.Length > 0 ? args[0] : "";
Func<Task<Result>>[] benchmarks =
[
    SignatureBenchmarks.SimpleSigningAsync,
    SignatureBenchmarks.AttestationAsync,
    ReportBenchmarks.ReadTrivyAsync,
    ReportBenchmarks.MemoryAsync,
    AdmissionBenchmarks.WarmAsync,
    AdmissionBenchmarks.FetchAndVerifyAsync,
];

var ran = 0;
var below = 0;
foreach (var benchmark in benchmarks.Where(benchmark => Result.NameOf(benchmark.Method).Contains(filter, StringComparison.OrdinalIgnoreCase)))
{
    var result = await benchmark();
    ran++;
    Console.WriteLine(result);
    if (!result.IsMet)
        below++;
}

if (ran == 0)
    await Console.Error.WriteLineAsync($"no benchmark is named like '{filter}'");
return ran == 0 || below > 0 ? 1 : 0;
