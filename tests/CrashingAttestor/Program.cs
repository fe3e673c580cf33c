// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Attestor.Api;
using SupplyChain.CrashingAttestor;
using SupplyChain.Hosting;

// The real attestor, but for its sudden end: at a step of the signing cycle, or at a request to a registry or a log after it.
if (args is not ["--config", var file, "--step", var step, "--at", var moment])
{
    await Console.Error.WriteLineAsync("usage: SupplyChain.CrashingAttestor --config FILE --step NUMBER --at start|stop|REQUEST|answerREQUEST");
    return 2;
}

using var crash = CrashPoint.Set(step, moment);
var configuration = await ConfigurationFile.ReadAttestorAsync(file, CancellationToken.None);
await using var app = await AttestorApp.BuildAsync(configuration, TimeProvider.System, CancellationToken.None);
await app.RunAsync();
return 0;
