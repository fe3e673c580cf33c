// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Testing.Registry;

/// <summary>A certificate authority that nobody trusts but who is told to.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes an authority with a new key.</summary>
    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
    }

    /// <summary>The authority's certificate in PEM form.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A server certificate with its key for names and addresses, valid for a week or long expired.</summary>
    public X509Certificate2 Issue(bool expired, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var from = new DateTimeOffset(_certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero);
        var until = from + (expired ? TimeSpan.FromHours(1) : TimeSpan.FromDays(7));
        using var bare = request.Create(_certificate, from, until, RandomNumberGenerator.GetBytes(16));
        using var certificate = bare.CopyWithPrivateKey(key);
        // A key made in memory only is not usable by every platform's TLS; through PKCS#12 it is.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Releases the key.</summary>
    public void Dispose() => _certificate.Dispose();
}
