// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Verifies bundles for one artifact: the signature, what speaks for it (<see cref="MaterialVerifier"/>), and whether the signer is trusted.
/// </summary>
public sealed class BundleVerifier
{
    private readonly Bundle _bundle;
    private readonly BundleMaterial _material;
    private readonly BundleTrust _trust;
    private readonly LoggedSignature _signature;

    private BundleVerifier(Bundle bundle, BundleTrust trust, LoggedSignature signature)
    {
        _bundle = bundle;
        _material = bundle.Material!;
        _trust = trust;
        _signature = signature;
    }

    /// <summary>Verifies a bundle for one artifact that is known by a digest.</summary>
    /// <inheritdoc cref="TryVerify(Bundle, Artifact, BundleTrust, out VerifiedMaterial?, out SignatureProblem?)"/>
    public static bool TryVerify(
        Bundle bundle, Digest artifact, BundleTrust trust, [NotNullWhen(true)] out VerifiedMaterial? verified,
        [NotNullWhen(false)] out SignatureProblem? problem) =>
        TryVerify(bundle, Artifact.FromDigest(artifact), trust, out verified, out problem);

    /// <summary>Verifies a bundle for one artifact.</summary>
    /// <param name="bundle">The bundle, as <see cref="Bundle.TryReadWithMaterial"/> read it.</param>
    /// <param name="artifact">The artifact. An envelope's statement has to be about it.</param>
    /// <param name="trust">Whom to believe.</param>
    /// <param name="verified">Who signed, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: SIGNATURE_MALFORMED, TLOG_MISMATCH, TIME_UNTRUSTED, CERT_INVALID, KEY_NOT_TRUSTED, SIGNATURE_INVALID, PAYLOAD_TYPE
    /// or SUBJECT_MISMATCH.
    /// </param>
    /// <exception cref="ArgumentException">The bundle was read without its material.</exception>
    public static bool TryVerify(
        Bundle bundle, Artifact artifact, BundleTrust trust, [NotNullWhen(true)] out VerifiedMaterial? verified,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(trust);
        if (bundle.Material is not { } material)
            throw new ArgumentException("The bundle was read without its material.", nameof(bundle));

        verified = null;
        if (!TryFindKey(bundle, material, artifact, trust, out var key, out problem))
            return false;

        var signature = new LoggedSignature
        {
            Signature = bundle.Envelope?.Signature ?? bundle.Message!.Signature,
            Key = key,
            Certificate = material.Certificate,
            Envelope = bundle.Envelope,
            Artifact = bundle.Envelope is null ? artifact : null,
        };
        return new BundleVerifier(bundle, trust, signature).TryVerify(artifact, out verified, out problem);
    }

    // A certificate's key is checked against the signature below; a managed key is the one that verifies it.
    private static bool TryFindKey(
        Bundle bundle, BundleMaterial material, Artifact artifact, BundleTrust trust,
        [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        if (material.Certificate is null && trust is { Keys: [], Identities: not [] })
        {
            (key, problem) = (null, SignerSearch.KeyAlone($"a certificate of {string.Join(" or ", trust.Identities)}"));
            return false;
        }

        IReadOnlyList<PublicKey> keys = material.Certificate is { } certificate ? [certificate.Key] : [.. trust.Keys.Select(trusted => trusted.Key)];
        return bundle.Envelope is { } envelope
            ? SignerSearch.TryFind(keys, envelope.ToBeSigned(), envelope.Signature.Span, out key, out problem)
            : bundle.Message!.TryVerify(artifact, keys, out key, out problem);
    }

    private bool TryVerify(Artifact artifact, out VerifiedMaterial? verified, out SignatureProblem? problem)
    {
        var needed = new Witnesses(_trust.Logs, _trust.CertificateLogs, _trust.Times);
        if (!MaterialVerifier.TryVerify(_material, _signature, _trust.Root, needed, out verified, out problem))
            return false;

        problem = (verified.Identity is { } identity ? ExplainIdentity(identity) : ExplainKey(verified.Times))
            ?? ExplainStatement(artifact, verified);
        verified = problem is null ? verified : null;
        return verified is not null;
    }

    // No times means that none were asked for; then only a key without an end is beyond doubt.
    private SignatureProblem? ExplainKey(IReadOnlyList<DateTimeOffset> times)
    {
        var periods = _trust.Keys.Where(known => known.Key.Equals(_signature.Key)).Select(known => known.ValidFor).ToList();
        return periods.Exists(period => times.All(period.Contains) && (times.Count > 0 || period is { Start: not null, End: null }))
            ? null
            : new SignatureProblem(
                ReasonCode.TimeUntrusted, $"the key is trusted from {string.Join(", and from ", periods)}, and not at the time of the signature");
    }

    private SignatureProblem? ExplainIdentity(CertificateIdentity identity) =>
        _trust.Identities.Any(trusted => trusted.Matches(identity))
            ? null
            : new SignatureProblem(
                ReasonCode.KeyNotTrusted,
                "the certificate was given to somebody who is not trusted for this"
                    + (_trust.Identities.FirstOrDefault(trusted => trusted.IsNameOf(identity)) is { } other ? $": {other.Explain(identity)}" : ""))
            {
                Expected = _trust.Identities.Count == 0 ? "nobody" : string.Join(" or ", _trust.Identities),
                Actual = identity.ToString(),
            };

    private SignatureProblem? ExplainStatement(Artifact artifact, VerifiedMaterial verified)
    {
        if (_bundle.Envelope is not { } envelope)
            return null;

        var problem = EnvelopeVerifier.ReadStatement(envelope, artifact, out var statement);
        verified.Statement = statement;
        return problem;
    }
}
