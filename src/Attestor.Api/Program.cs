// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Attestor.Api;
using SupplyChain.Hosting;

if (args is not ["--config", var path])
{
    await Console.Error.WriteLineAsync("usage: SupplyChain.Attestor.Api --config FILE");
    return 2;
}

try
{
    var configuration = await ConfigurationFile.ReadAttestorAsync(path, CancellationToken.None);
    await using var app = await AttestorApp.BuildAsync(configuration, TimeProvider.System, CancellationToken.None);
    await app.RunAsync();
    return 0;
}
catch (ConfigurationException refused)
{
    foreach (var problem in refused.Problems)
        await Console.Error.WriteLineAsync(problem);
    return 2;
}
