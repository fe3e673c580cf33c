// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>
/// The certificate a service shows. Its files are looked at again as connections come in, at most every few seconds, so
/// that a renewed certificate is served without a restart. One that cannot be used leaves the earlier one in place.
/// </summary>
public sealed class ServerCertificate
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly TlsConfiguration _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private (DateTime Certificate, DateTime Key) _written;
    private DateTimeOffset _looked;
    private SslStreamCertificateContext _current;

    /// <summary>Loads the certificate.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public ServerCertificate(TlsConfiguration files, TimeProvider clock, ILogger<ServerCertificate> logger)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(clock);
        _files = files;
        _clock = clock;
        _logger = logger;
        _looked = clock.GetUtcNow();
        try
        {
            _written = LastWritten();
            _current = Load();
        }
        catch (Exception unusable) when (IsUnusable(unusable))
        {
            throw new ConfigurationException(
                $"the certificate {Printable.Escape(files.Certificate)} with the key {Printable.Escape(files.Key)} cannot be "
                + $"used: {Printable.Escape(unusable.Message)}",
                unusable);
        }
    }

    /// <summary>The certificate to show now, with those of its issuers.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                if (_clock.GetUtcNow() - _looked >= LookInterval)
                    Look();
                return _current;
            }
        }
    }

    // Links are followed: a mounted secret is replaced by moving a link.
    private static DateTime LastWritten(string path) =>
        (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)).LastWriteTimeUtc;

    private static bool IsUnusable(Exception fault) =>
        fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException;

    private (DateTime Certificate, DateTime Key) LastWritten() => (LastWritten(_files.Certificate), LastWritten(_files.Key));

    private void Look()
    {
        _looked = _clock.GetUtcNow();
        try
        {
            var written = LastWritten();
            if (written == _written)
                return;

            // Remembered also when loading fails: what cannot be used is tried again when it changes again. A pair that
            // is caught between the writing of its two files changes once more.
            _written = written;
            _current = Load();
            ServiceLog.CertificateReplaced(_logger, _current.TargetCertificate.Thumbprint, _current.TargetCertificate.NotAfter);
        }
        catch (Exception unusable) when (IsUnusable(unusable))
        {
            ServiceLog.CertificateUnusable(_logger, unusable, _files.Certificate);
        }
    }

    private SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_files.Certificate);
        var certificate = X509Certificate2.CreateFromPemFile(_files.Certificate, _files.Key);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
