// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Which server certificates count: those the system trusts and, besides, those of a host's own authorities. Nothing is
/// downloaded to find out.
/// </summary>
internal static class ServerTrust
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    public static SslClientAuthenticationOptions OptionsFor(string? caFile)
    {
        var authorities = Load(caFile);
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = PolicyFor(X509ChainTrustMode.System),
            RemoteCertificateValidationCallback = authorities is null
                ? null
                : (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, authorities),
        };
    }

    private static X509Certificate2Collection? Load(string? caFile)
    {
        if (caFile is null)
            return null;

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        return authorities.Count > 0
            ? authorities
            : throw new ArgumentException($"{caFile} holds no certificate in PEM form.", nameof(caFile));
    }

    private static bool IsTrusted(
        X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors,
        X509Certificate2Collection authorities)
    {
        if (errors == SslPolicyErrors.None)
            return true;

        // A wrong name or no certificate at all stays wrong, whoever signed.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
            return false;

        using var chain = new X509Chain { ChainPolicy = PolicyFor(X509ChainTrustMode.CustomRootTrust) };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        return chain.Build(server);
    }

    private static X509ChainPolicy PolicyFor(X509ChainTrustMode trust)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = trust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        return policy;
    }
}
