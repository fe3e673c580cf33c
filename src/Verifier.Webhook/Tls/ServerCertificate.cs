// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Verifier.Webhook.Tls;

/// <summary>
/// The server's certificate, read again when its files change, as they do when a cluster renews a mounted secret. A file
/// that cannot be read leaves the last certificate in use.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private SslStreamCertificateContext _current;
    private (DateTime, DateTime) _version;
    private DateTimeOffset _lookAgain;

    /// <summary>Reads the certificate.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">The files hold no certificate with its key.</exception>
    public ServerCertificate(string certificateFile, string keyFile, TimeProvider time, ILogger logger)
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _time = time;
        _logger = logger;
        _version = VersionOnDisk();
        _current = Read();
        _lookAgain = time.GetUtcNow() + LookAgainAfter;
    }

    /// <summary>The certificate for a new connection.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetUtcNow() >= _lookAgain)
                LookAgain();
            return Volatile.Read(ref _current);
        }
    }

    private void LookAgain()
    {
        lock (_reading)
        {
            var now = _time.GetUtcNow();
            if (now < _lookAgain)
                return;

            _lookAgain = now + LookAgainAfter;
            var version = VersionOnDisk();
            if (version == _version)
                return;

            try
            {
                var renewed = Read();
                _version = version;
                Volatile.Write(ref _current, renewed);
                Log.CertificateReplaced(_logger, renewed.TargetCertificate.NotAfter.ToUniversalTime());
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
            {
                // Perhaps only half of the pair was written yet: the next look decides.
                Log.CertificateUnreadable(_logger, fault);
            }
        }
    }

    // A mounted secret is a link that is switched over: what counts is the file it leads to.
    private (DateTime, DateTime) VersionOnDisk() =>
        (File.GetLastWriteTimeUtc(Resolve(_certificateFile)), File.GetLastWriteTimeUtc(Resolve(_keyFile)));

    private static string Resolve(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private SslStreamCertificateContext Read()
    {
        var leaf = X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificateFile);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }
}
