// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Sigstore.Tests.Bundles.Vectors;

/// <summary>A bundle of somebody else's and what it is verified with. Where no identity is given it is the one that the bundle names.</summary>
internal sealed record BundleVector
{
    public required byte[] Bundle { get; init; }

    public required TrustedRoot Root { get; init; }

    public required Artifact Artifact { get; init; }

    public IReadOnlyList<TrustedIdentity>? Identities { get; init; }

    public PublicKey? Key { get; init; }

    public int Logs { get; init; } = 1;

    public int Times { get; init; } = 1;

    public int CertificateLogs { get; init; }

    /// <summary>Why it is refused; null when it is not.</summary>
    public string? Judge() => Verify(out var problem) is null ? problem : null;

    public VerifiedMaterial Accept()
    {
        var verified = Verify(out var problem);
        Assert.True(verified is not null, problem);
        return verified;
    }

    /// <summary>The same for those who change it: whom to believe stays what the bundle as it is says.</summary>
    public BundleCase Settle(string name)
    {
        Assert.True(Sigstore.Bundle.TryReadWithMaterial(Bundle, out var bundle, out var problem), problem?.Message);
        return new BundleCase(name, Bundle, Artifact, Trust(bundle));
    }

    public static TrustedRoot ReadRoot(byte[] content)
    {
        Assert.True(TrustedRoot.TryRead(content, out var root, out var problem), problem);
        return root;
    }

    public static PublicKey ReadKey(string pem)
    {
        Assert.True(PublicKey.TryParsePem(pem, out var key, out var problem), problem);
        return key;
    }

    /// <summary>The artifact that an envelope's statement speaks of first; any other where it holds none.</summary>
    public static Artifact SubjectOf(byte[] content)
    {
        var payload = Convert.FromBase64String(JsonNode.Parse(content)!["dsseEnvelope"]!["payload"]!.GetValue<string>());
        return Statement.TryReadUnverified(payload, out var statement, out _)
            ? (statement.Subjects[0].Sha256 ?? statement.Subjects[0].Sha512)!
            : Samples.Image;
    }

    private VerifiedMaterial? Verify(out string? why)
    {
        why = null;
        if (Sigstore.Bundle.TryReadWithMaterial(Bundle, out var bundle, out var problem)
            && BundleVerifier.TryVerify(bundle, Artifact, Trust(bundle), out var verified, out problem))
        {
            return verified;
        }

        why = $"{problem.Reason}: {problem.Message}" + (problem.Expected is null ? "" : $" [{problem.Expected} / {problem.Actual}]");
        return null;
    }

    private BundleTrust Trust(Bundle bundle) => new()
    {
        Root = Root,
        Keys = Key is null ? [] : [new TrustedKey(Key, new ValidityPeriod(DateTimeOffset.UnixEpoch, null))],
        Identities = Identities ?? (bundle.Material!.Certificate is { } certificate ? [Named(certificate)] : []),
        Logs = Logs,
        Times = Times,
        CertificateLogs = CertificateLogs,
    };

    private static TrustedIdentity Named(Certificate certificate)
    {
        Assert.True(CertificateIdentity.TryRead(certificate, out var identity, out var problem), problem);
        return new TrustedIdentity { Issuer = identity.Issuer!, Subject = identity.Subject };
    }
}
