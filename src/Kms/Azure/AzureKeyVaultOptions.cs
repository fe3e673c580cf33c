// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How Azure Key Vault and Managed HSM are reached.</summary>
public sealed record AzureKeyVaultOptions
{
    /// <summary>
    /// Who we are: <c>default</c> (Azure.Identity's chain), <c>workloadIdentity</c>, <c>managedIdentity</c>, <c>environment</c> or
    /// <c>azureCli</c>.
    /// </summary>
    public string? Credential { get; init; }

    /// <summary>The tenant, where the credential needs it.</summary>
    public string? TenantId { get; init; }

    /// <summary>The application or the user-assigned identity, where there are several.</summary>
    public string? ClientId { get; init; }

    /// <summary>
    /// Domains of vaults besides those of the public cloud (<c>vault.azure.net</c>, <c>managedhsm.azure.net</c>), such as
    /// <c>vault.usgovcloudapi.net</c>: a token is only sent to a vault in one of them.
    /// </summary>
    public IReadOnlyList<string>? Domains { get; init; }
}
