// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A certificate authority of one test run, and the one server certificate it issues, for 127.0.0.1.</summary>
public sealed class LoopbackAuthority : IDisposable
{
    private readonly X509Certificate2 _authority;

    /// <summary>Makes the authority and the certificate, valid from a day ago for ten days.</summary>
    public LoopbackAuthority()
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Loopback test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _authority = authority.CreateSelfSigned(from, from.AddDays(10));

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=127.0.0.1", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        server.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var issued = server.Create(_authority, from, from.AddDays(10), RandomNumberGenerator.GetBytes(16));
        ServerCertificate = issued.CopyWithPrivateKey(serverKey);
        ServerKeyPem = serverKey.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>The server certificate with its private key.</summary>
    public X509Certificate2 ServerCertificate { get; }

    /// <summary>The server's private key.</summary>
    public string ServerKeyPem { get; }

    /// <summary>What a client has to trust.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <inheritdoc/>
    public void Dispose()
    {
        ServerCertificate.Dispose();
        _authority.Dispose();
    }
}
