// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Verifier.Webhook;

if (args is not ["--config", var path])
{
    await Console.Error.WriteLineAsync("usage: SupplyChain.Verifier.Webhook --config FILE");
    return 2;
}

try
{
    var configuration = await ConfigurationFile.ReadVerifierAsync(path, CancellationToken.None);
    await using var app = await WebhookApp.BuildAsync(configuration, TimeProvider.System, CancellationToken.None);
    await app.RunAsync();
    return 0;
}
catch (ConfigurationException refused)
{
    foreach (var problem in refused.Problems)
        await Console.Error.WriteLineAsync(problem);
    return 2;
}
