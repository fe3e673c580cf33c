// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy.Testing;

/// <summary>
/// Keys that stand in for those of attestors, so that a fixture can say who signed and everything is verified as it is in production.
/// Anybody can make them: they exist only beside evidence of <see cref="EvidenceOrigin.Fixture"/>, which is never enforced.
/// </summary>
internal sealed class StandInKeys
{
    private const string Stranger = "stranger";

    private readonly Dictionary<string, StandInKey> _byName = new(StringComparer.Ordinal);

    private readonly PolicySet _written;

    internal StandInKeys(PolicySet policies)
    {
        _written = policies;
        Policies = policies.WithAttestors(
            [.. policies.Attestors.Select(attestor => attestor with { Members = [.. attestor.Members.Select(Replace)] })]);
    }

    /// <summary>The policies, with the keys that stand in.</summary>
    internal PolicySet Policies { get; }

    /// <summary>The key of <paramref name="signer"/> at <paramref name="time"/>; null when the policies have no such attestor.</summary>
    internal StandInKey? Find(TestSigner signer, DateTimeOffset time)
    {
        if (signer.Attestor is null)
            return Of(Stranger);
        if (_written.FindAttestor(signer.Attestor) is not { } attestor)
            return null;

        var member = attestor.Signer ?? attestor.Members.FirstOrDefault(member => member.IsValidAt(time)) ?? attestor.Members[0];
        return Of(NameOf(member));
    }

    private AttestorMember Replace(AttestorMember member) =>
        member with { PublicKey = Of(NameOf(member)).Public, Algorithm = null, Identity = null, Witnesses = null };

    // One key in two attestors stays one key.
    private static string NameOf(AttestorMember member) => member.Identity is { } identity ? $"identity {identity}"
        : member.KeyUri is { } uri ? $"key {uri}"
        : $"public key {member.PublicKey!.Id}";

    private StandInKey Of(string name) =>
        _byName.TryGetValue(name, out var key) ? key : _byName[name] = new StandInKey(name);
}

/// <summary>A key that follows from a name.</summary>
internal sealed class StandInKey
{
    private readonly ECParameters _parameters;

    internal StandInKey(string name)
    {
        _parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = SHA256.HashData(Encoding.UTF8.GetBytes($"supplychain policy test: {name}")),
        };
        using var key = ECDsa.Create(_parameters);
        Public = PublicKey.TryReadSpki(key.ExportSubjectPublicKeyInfo(), out var read, out var problem)
            ? read
            : throw new InvalidOperationException(problem);
    }

    internal PublicKey Public { get; }

    /// <summary>A statement by this key about <paramref name="image"/>; its digest is that of the payload, the same each time.</summary>
    internal VerifiedStatement Attest(byte[] payload, Digest image)
    {
        var envelope = new Envelope(
            Envelope.InTotoPayloadType, payload, Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, payload)), "");
        return EnvelopeVerifier.TryVerify(envelope, image, [Public], Digest.Compute(payload), out var statement, out var problem)
            ? statement
            : throw new InvalidOperationException(problem.Message);
    }

    /// <summary>A signature of <paramref name="image"/> by this key.</summary>
    internal VerifiedSignature SignImage(Repository repository, Digest image)
    {
        var payload = SimpleSigning.WritePayload(repository, image);
        var signature = Convert.ToBase64String(Sign(SimpleSigning.ToBeSigned(payload)));
        return SimpleSigning.TryVerify(payload, signature, image, [Public], out var verified, out var problem)
            ? verified
            : throw new InvalidOperationException(problem.Message);
    }

    private byte[] Sign(ToBeSigned message)
    {
        using var key = ECDsa.Create(_parameters);
        return key.SignData(message.Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
