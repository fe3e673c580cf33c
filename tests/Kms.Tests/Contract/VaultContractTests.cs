// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>Vault's transit engine stands what every key service has to stand.</summary>
public sealed class VaultContractTests : ProviderContract
{
    protected override async Task<IKmsSimulator> StartAsync() => await VaultSimulator.StartAsync();
}
