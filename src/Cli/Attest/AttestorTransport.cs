// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Cli.Attest;

/// <summary>
/// The HTTP client that carries a token: no redirects, no cookies, no proxy for what is not encrypted.
/// </summary>
internal static class AttestorTransport
{
    private const int LongestCaFile = 1024 * 1024;

    public static HttpClient Create(AttestorAddress address, string? caFile)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would read a token that is not encrypted.
            UseProxy = address.IsEncrypted,
            ConnectTimeout = TimeSpan.FromSeconds(15),
        };
        if (caFile is not null)
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy(caFile) };

        // The caller's deadline covers the whole exchange.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static X509ChainPolicy ChainPolicy(string caFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPem(SmallFile.ReadText(caFile, LongestCaFile, "certificate file"));
        }
        catch (CryptographicException malformed)
        {
            throw CommandFailure.BadInput($"certificate file '{caFile}' cannot be read: {malformed.Message}");
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw CommandFailure.BadInput($"certificate file '{caFile}' holds no certificate");
    }
}
