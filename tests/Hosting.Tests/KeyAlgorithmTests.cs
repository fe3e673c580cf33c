// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Hosting.Tests;

/// <summary>What a policy asks of a key, and what the key's service offers.</summary>
public sealed class KeyAlgorithmTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rsa2048", "rsa-pss-sha256", "cannot be used with rsa-pss-sha256, only with rsa-pkcs1-sha256")]
    [InlineData("rsa2048-pss", "rsa-pkcs1-sha256", "cannot be used with rsa-pkcs1-sha256, only with rsa-pss-sha256")]
    [InlineData("p256", "rsa-pss-sha256", "cannot be used with rsa-pss-sha256, only with ecdsa-p256-sha256")]
    public async Task A_policy_that_asks_for_what_a_key_does_not_offer_is_refused_at_load(string key, string algorithm, string expected)
    {
        var loaded = await LoadAsync(key, algorithm);

        Assert.False(loaded.IsUsable);
        Assert.Contains(expected, Assert.Single(loaded.Result.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rsa2048", "rsa-pkcs1-sha256")]
    [InlineData("rsa2048-pss", "rsa-pss-sha256")]
    public async Task A_policy_that_asks_for_what_a_key_offers_is_loaded(string key, string algorithm)
    {
        var loaded = await LoadAsync(key, algorithm);

        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Result.Problems));
        Assert.Equal(algorithm, loaded.Set.Attestors[0].Signer!.PublicKey!.Algorithm.Name());
    }

    private async Task<LoadedPolicies> LoadAsync(string key, string algorithm)
    {
        await using var service = await GoogleKmsSimulator.StartAsync();
        var source = service.Connect(TimeProvider.System);
        using var closing = source as IDisposable;
        await File.WriteAllTextAsync(_folder["attestor.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: release }
            spec: { purpose: approval, members: [{ key: "{{service.UriOf(key)}}", algorithm: {{algorithm}} }] }
            """, Stop);
        return await LoadedPolicies.ReadAsync([_folder["attestor.yaml"]], _folder.Path, new PublicKeys([source], TimeProvider.System), Stop);
    }
}
