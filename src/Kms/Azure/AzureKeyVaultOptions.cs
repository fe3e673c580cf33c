// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Azure;
using SupplyChain.Kms.Http;

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

    /// <summary>
    /// Addresses of vaults that are not reached at <c>https://HOST</c>, by host, such as those of a tunnel; https, or plain http on
    /// loopback.
    /// </summary>
    public IReadOnlyDictionary<string, Uri>? Endpoints { get; init; }

    /// <summary>What is wrong with the options, by member as configuration files name it.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Credential is not null && !AzureCredentials.Kinds.Contains(Credential, StringComparer.Ordinal))
            yield return ("credential", $"expected one of {string.Join(", ", AzureCredentials.Kinds)}");
        if (TenantId is not null && !AzureChallenge.IsTenant(TenantId))
            yield return ("tenantId", "expected a tenant's id or domain");
        if (TenantId is not null && Credential is "managedIdentity" or "environment")
            yield return ("tenantId", $"means nothing with the credential {Credential}");
        if (ClientId is not null && !Guid.TryParseExact(ClientId, "D", out _))
            yield return ("clientId", "expected an id such as 00000000-0000-0000-0000-000000000000");
        if (ClientId is not null && Credential is "environment" or "azureCli")
            yield return ("clientId", $"means nothing with the credential {Credential}");
        if (Domains?.Any(domain => !AzureKeyUri.IsHost(domain)) == true)
            yield return ("domains", "expected domains in lower case, such as vault.usgovcloudapi.net");
        if (Endpoints?.Any(pair => !AzureKeyUri.IsHost(pair.Key) || !KmsHttp.IsAcceptable(pair.Value) || pair.Value.AbsolutePath is not "/") == true)
            yield return ("endpoints", "expected an https URL of a host alone for the host of a vault; plain http is for loopback addresses");
    }
}
