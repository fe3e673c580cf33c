// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Kms;

namespace SupplyChain.Kms.Tests;

/// <summary>AWS KMS stands what every key service has to stand.</summary>
public sealed class AwsKmsContractTests : ProviderContract
{
    protected override async Task<IKmsSimulator> StartAsync() => await AwsKmsSimulator.StartAsync();
}
