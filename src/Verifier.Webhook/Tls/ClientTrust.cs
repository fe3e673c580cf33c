// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Hosting;
using SupplyChain.Model;

namespace SupplyChain.Verifier.Webhook.Tls;

/// <summary>Whose certificates may ask: those of the configured authorities alone, never the system's.</summary>
internal sealed class ClientTrust
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;

    /// <summary>Reads the authorities.</summary>
    /// <exception cref="ConfigurationException">The file holds no certificate, or cannot be read.</exception>
    public ClientTrust(string authorityFile, IReadOnlyList<string> names, TimeProvider time)
    {
        _authorities = [];
        try
        {
            _authorities.ImportFromPemFile(authorityFile);
        }
        catch (Exception unusable) when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"clientAuthority: {Printable.Escape(unusable.Message)}", unusable);
        }

        if (_authorities.Count == 0)
            throw new ConfigurationException($"clientAuthority: {Printable.Escape(authorityFile)} holds no certificate");
        _names = names;
        _time = time;
    }

    /// <summary>Judges the certificate of a connection.</summary>
    /// <returns>Why the caller may not ask; null when it may.</returns>
    public string? Refuse(X509Certificate shown)
    {
        using var certificate = new X509Certificate2(shown);
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        policy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        policy.VerificationTimeIgnored = false;
        if (!chain.Build(certificate))
            return "the caller's certificate does not come from a configured authority: "
                + string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());

        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return _names.Count == 0 || _names.Contains(name, StringComparer.Ordinal)
            ? null
            : $"the caller '{Printable.Escape(name)}' is not one of those that may ask";
    }
}
