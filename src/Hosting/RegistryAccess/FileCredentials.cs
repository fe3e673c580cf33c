// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Oci;

namespace SupplyChain.Hosting;

/// <summary>
/// Credentials whose secrets are in files, each for the one host it is configured for. Files are read anew for each
/// question, so that a replaced secret counts at once. A host without an entry is looked up elsewhere.
/// </summary>
internal sealed class FileCredentials(IReadOnlyDictionary<string, CredentialsConfiguration> byHost, ICredentialSource others)
    : ICredentialSource
{
    public async ValueTask<RegistryCredential?> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (!byHost.TryGetValue(host, out var configured))
            return await others.FindAsync(host, cancellationToken);

        try
        {
            if (configured.IdentityTokenFile is { } file)
                return new RegistryCredential.IdentityToken(await SmallFile.ReadSecretAsync(file, cancellationToken));

            var password = await SmallFile.ReadSecretAsync(configured.PasswordFile!, cancellationToken);
            return new RegistryCredential.Password(configured.Username!, password);
        }
        catch (ConfigurationException unreadable)
        {
            throw new RegistryException(ReasonCode.RegistryDenied, $"the credentials for {host} cannot be read", unreadable);
        }
    }
}
