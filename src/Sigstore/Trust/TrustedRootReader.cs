// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads trust roots. What is malformed refuses the whole document; what is well-formed and of an unknown kind is set
/// aside by name, so that a root with tomorrow's algorithms beside today's still works.
/// </summary>
internal sealed class TrustedRootReader
{
    private static readonly ProtoDocument Document =
        new("the trust root") { Kind = "a trust root", Longest = Limits.TrustedRootBytes };

    private readonly List<string> _unusable = [];

    public static bool TryRead(
        ReadOnlyMemory<byte> utf8,
        [NotNullWhen(true)] out TrustedRoot? root, [NotNullWhen(false)] out string? problem) =>
        Document.TryRead(
            utf8, element => new TrustedRootReader().Read(element, Digest.Compute(utf8.Span)), out root, out problem);

    private TrustedRoot Read(ProtoElement root, Digest digest)
    {
        root.AllowOnly("mediaType", "tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities");
        var mediaType = root.Required("mediaType").Text;
        if (!string.Equals(mediaType, TrustedRoot.MediaType, StringComparison.Ordinal))
        {
            throw new ProtoException(
                $"the trust root has the mediaType '{Printable.Escape(mediaType)}'; "
                + $"expected '{TrustedRoot.MediaType}'");
        }

        return new TrustedRoot
        {
            Digest = digest,
            Logs = ReadLogs(root, "tlogs"),
            CertificateLogs = ReadLogs(root, "ctlogs"),
            CertificateAuthorities = ReadAuthorities(root, "certificateAuthorities"),
            TimestampAuthorities = ReadAuthorities(root, "timestampAuthorities"),
            Unusable = _unusable,
        };
    }

    private List<TrustedLog> ReadLogs(ProtoElement root, string name) =>
        [.. root.List(name, Limits.TrustedInstances).Select(ReadLog).OfType<TrustedLog>()];

    private List<TrustedAuthority> ReadAuthorities(ProtoElement root, string name) =>
        [.. root.List(name, Limits.TrustedInstances).Select(ReadAuthority).OfType<TrustedAuthority>()];

    private TrustedLog? ReadLog(ProtoElement log)
    {
        log.AllowOnly("baseUrl", "hashAlgorithm", "publicKey", "logId", "checkpointKeyId", "operator");
        var url = log.Required("baseUrl").Text;
        var key = log.Required("publicKey");
        key.AllowOnly("rawBytes", "keyDetails", "validFor");
        var name = key.Required("keyDetails").Text;
        var content = key.Required("rawBytes").Bytes;
        var period = ReadPeriod(key.Optional("validFor"));
        var id = log.Required("logId");
        id.AllowOnly("keyId");
        var digest = log.Required("hashAlgorithm").Text;
        if (!string.Equals(digest, "SHA2_256", StringComparison.Ordinal))
        {
            return SetAside<TrustedLog>(
                $"{log.Path} builds its tree with '{Printable.Escape(digest)}'; expected SHA2_256");
        }

        if (KeyDetails.Find(name) is not { } details)
        {
            return SetAside<TrustedLog>(
                $"{log.Path} has a key of kind '{Printable.Escape(name)}', which is not verified with here");
        }

        return new TrustedLog(
            url, log.Optional("operator")?.Text, details.Read(key.Path, content), id.Required("keyId").Bytes, period);
    }

    private TrustedAuthority? ReadAuthority(ProtoElement authority)
    {
        authority.AllowOnly("subject", "uri", "certChain", "validFor", "operator");
        var chain = authority.Required("certChain");
        chain.AllowOnly("certificates");
        var certificates = new List<Certificate>();
        foreach (var listed in chain.List("certificates", Limits.ChainCertificates))
        {
            listed.AllowOnly("rawBytes");
            if (!Certificate.TryRead(listed.Required("rawBytes").Bytes, out var certificate, out var problem))
                return SetAside<TrustedAuthority>($"{listed.Path}: {problem}");
            certificates.Add(certificate);
        }

        if (certificates.Count == 0)
            throw new ProtoException($"{chain.Path} has no certificates");
        for (var i = 1; i < certificates.Count; i++)
        {
            if (!certificates[i - 1].IsIssuedBy(certificates[i]))
            {
                throw new ProtoException(string.Create(
                    CultureInfo.InvariantCulture, $"{chain.Path}.certificates[{i}] did not issue the one before it"));
            }
        }

        return new TrustedAuthority(
            authority.Optional("uri")?.Text, authority.Optional("operator")?.Text, certificates,
            ReadPeriod(authority.Optional("validFor")));
    }

    private static ValidityPeriod ReadPeriod(ProtoElement? period)
    {
        if (period is not { } given)
            return new ValidityPeriod(null, null);

        given.AllowOnly("start", "end");
        return new ValidityPeriod(given.Optional("start")?.Time, given.Optional("end")?.Time);
    }

    private T? SetAside<T>(string why)
        where T : class
    {
        _unusable.Add(why);
        return null;
    }
}
