// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Vault;

/// <summary>The options, completed from the environment as Vault's own tools do it.</summary>
internal sealed record VaultSettings(Uri Address, string? Namespace, string Mount, string? Ca, VaultLogin Login, string? Token)
{
    public const string TokenVariable = "VAULT_TOKEN";

    /// <summary>Completes the options.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: something is missing or wrong.</exception>
    public static VaultSettings Complete(VaultOptions options, Func<string, string?> environment)
    {
        var complete = options with
        {
            Address = options.Address ?? ReadAddress(environment("VAULT_ADDR")),
            Namespace = options.Namespace ?? NotEmpty(environment("VAULT_NAMESPACE")),
            Mount = options.Mount ?? NotEmpty(environment("TRANSIT_SECRET_ENGINE_PATH")) ?? "transit",
            Ca = options.Ca ?? NotEmpty(environment("VAULT_CACERT")),
            Login = options.Login ?? new VaultLogin { Method = VaultLogin.ByToken },
        };
        if (complete.Address is null)
            throw KmsException.Unusable("no Vault is configured; set kms.vault.address or VAULT_ADDR");
        if (complete.Problems().FirstOrDefault() is { Member: { } member } first)
            throw KmsException.Unusable($"Vault's {member}, from configuration or environment, cannot be used: {first.Problem}");

        return new VaultSettings(
            complete.Address, complete.Namespace?.TrimEnd('/'), complete.Mount.TrimEnd('/'), complete.Ca, complete.Login,
            NotEmpty(environment(TokenVariable)));
    }

    /// <summary>A client that trusts the configured authorities besides the machine's.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: their file cannot be read.</exception>
    public HttpClient CreateClient()
    {
        X509Certificate2Collection? trusted = null;
        if (Ca is not null)
        {
            trusted = [];
            try
            {
                trusted.ImportFromPemFile(Ca);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw KmsException.Unusable($"Vault's certificate authorities cannot be read from {Printable.Escape(Ca)}", unreadable);
            }

            if (trusted.Count == 0)
                throw KmsException.Unusable($"there is no certificate in {Printable.Escape(Ca)}");
        }

        return KmsHttp.CreateClient(trusted);
    }

    // A record would print the token.
    public override string ToString() => $"{Address} {Mount}";

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Uri? ReadAddress(string? text) =>
        NotEmpty(text) is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
        : throw KmsException.Unusable("VAULT_ADDR is not a URL");
}
