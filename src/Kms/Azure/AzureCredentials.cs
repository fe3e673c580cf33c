// SPDX-License-Identifier: Apache-2.0

using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace SupplyChain.Kms.Azure;

/// <summary>Who we are, as options say it.</summary>
internal static class AzureCredentials
{
    /// <summary>The words for the kinds of credentials.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["default", "workloadIdentity", "managedIdentity", "environment", "azureCli"];

    /// <summary>Makes the credential; nothing is asked for yet.</summary>
    /// <param name="options">Which one.</param>
    /// <param name="http">Speaks to token servers.</param>
    public static TokenCredential Create(AzureKeyVaultOptions options, HttpClient http) => options.Credential switch
    {
        "workloadIdentity" => new WorkloadIdentityCredential(
            Configure(new WorkloadIdentityCredentialOptions { TenantId = options.TenantId, ClientId = options.ClientId }, http)),
        "managedIdentity" => new ManagedIdentityCredential(Configure(
            new ManagedIdentityCredentialOptions(
                options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned),
            http)),
        "environment" => new EnvironmentCredential(Configure(new EnvironmentCredentialOptions(), http)),
        "azureCli" => new AzureCliCredential(Configure(new AzureCliCredentialOptions { TenantId = options.TenantId }, http)),
        _ => new DefaultAzureCredential(Configure(
            new DefaultAzureCredentialOptions
            {
                TenantId = options.TenantId,
                ManagedIdentityClientId = options.ClientId,
                WorkloadIdentityClientId = options.ClientId,
            },
            http)),
    };

    // Repeating, and telling about it, is not theirs.
    private static T Configure<T>(T options, HttpClient http)
        where T : TokenCredentialOptions
    {
        options.Transport = new HttpClientTransport(http);
        options.Retry.MaxRetries = 0;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        return options;
    }
}
