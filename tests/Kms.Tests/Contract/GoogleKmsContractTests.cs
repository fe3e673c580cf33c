// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>Google Cloud KMS stands what every key service has to stand.</summary>
public sealed class GoogleKmsContractTests : ProviderContract
{
    protected override string PssKey(string name) => $"{name}-pss";

    protected override async Task<IKmsSimulator> StartAsync() => await GoogleKmsSimulator.StartAsync();
}
