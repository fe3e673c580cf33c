// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>Certificates and timestamps.</summary>
internal static class DerTargets
{
    private static readonly byte[] Stamped = [1, 2, 3, 4];

    /// <summary>Certificates: whoever issued one issued exactly its signed part.</summary>
    public static FuzzTarget Certificates()
    {
        var own = OwnBundles.Instance;
        var root = own.All[0].Trust.Root;
        List<byte[]> seeds =
        [
            .. own.All.Select(known => JsonNode.Parse(known.Json)!["verificationMaterial"]!["certificate"]?["rawBytes"]?.GetValue<string>())
                .OfType<string>().Select(Convert.FromBase64String),
            .. own.World.Authority.Certificates, .. own.World.Timestamps.Certificates,
        ];
        var issued = seeds.Select(seed => Convert.ToHexString(Read(seed).Fields.ToBeSigned.Span)).ToHashSet(StringComparer.Ordinal);
        return new FuzzTarget("certificate", seeds, (input, place) =>
        {
            if (!Certificate.TryRead(input, out var certificate, out var problem))
                return problem.Length > 0 ? "refused" : throw new FuzzException("refused without a word");

            var isIssued = Explore(certificate, root);
            if (isIssued && !issued.Contains(Convert.ToHexString(certificate.Fields.ToBeSigned.Span)))
                throw new FuzzException("an authority is believed to have issued a certificate that it did not");
            return isIssued ? BundleCase.Accepted : "read";
        });
    }

    /// <summary>Timestamps: one that is believed tells what a seed tells.</summary>
    public static FuzzTarget Timestamps()
    {
        var own = OwnBundles.Instance;
        var authorities = own.All[0].Trust.Root.TimestampAuthorities;
        byte[][] seeds = [own.World.Timestamps.Stamp(Stamped), own.World.Timestamps.Stamp(Stamped, new() { Certificates = own.World.Timestamps.Certificates })];
        return new FuzzTarget("timestamp", seeds, (input, place) =>
        {
            if (!TimestampToken.TryRead(input, out var token, out var problem))
                return problem.Length > 0 ? "refused" : throw new FuzzException("refused without a word");
            if (!TimestampVerifier.TryVerify(token, Stamped, authorities, out var verified, out _))
                return "read";

            return verified.Time == own.World.Clock.GetUtcNow() ? BundleCase.Accepted : throw new FuzzException("a time is believed that nobody told");
        });
    }

    // Whatever else is asked of a certificate; whether somebody of the root issued it.
    private static bool Explore(Certificate certificate, TrustedRoot root)
    {
        _ = certificate.ToString();
        _ = CertificateIdentity.TryRead(certificate, out var identity, out _);
        _ = identity?.ToString();
        _ = CertificateUse.TryRead(certificate, out _, out _);
        var isIssued = false;
        foreach (var authority in root.CertificateAuthorities.Concat(root.TimestampAuthorities))
        {
            _ = CertificatePath.TryVerify(certificate, authority.Certificates, CertificateOids.CodeSigning, certificate.NotBefore, out _);
            isIssued |= authority.Certificates.Any(certificate.IsIssuedBy);
        }

        if (SignedCertificateTimestamp.TryRead(certificate, out var promises, out _))
        {
            foreach (var promise in promises)
                _ = promise.IsBy(root.CertificateLogs[0], certificate, root.CertificateAuthorities[0].Certificates[0]);
        }

        return isIssued;
    }

    private static Certificate Read(byte[] der) =>
        Certificate.TryRead(der, out var certificate, out var problem) ? certificate : throw new InvalidOperationException(problem);
}
