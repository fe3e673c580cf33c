// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>Azure Key Vault stands what every key service has to stand.</summary>
public sealed class AzureKeyVaultContractTests : ProviderContract
{
    protected override async Task<IKmsSimulator> StartAsync() => await AzureKeyVaultSimulator.StartAsync();
}
