// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Verifies bundles in the order of Sigstore's client specification: logs, times, certificate, the logs of certificates, the signature,
/// the identity. Everything a bundle claims has to hold; what is missing is missing, never made up for.
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
    /// <inheritdoc cref="TryVerify(Bundle, Artifact, BundleTrust, out VerifiedBundle?, out SignatureProblem?)"/>
    public static bool TryVerify(
        Bundle bundle, Digest artifact, BundleTrust trust, [NotNullWhen(true)] out VerifiedBundle? verified,
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
        Bundle bundle, Artifact artifact, BundleTrust trust, [NotNullWhen(true)] out VerifiedBundle? verified,
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
        IReadOnlyList<PublicKey> keys = material.Certificate is { } certificate ? [certificate.Key] : [.. trust.Keys.Select(trusted => trusted.Key)];
        return bundle.Envelope is { } envelope
            ? SignerSearch.TryFind(keys, envelope.ToBeSigned(), envelope.Signature.Span, out key, out problem)
            : bundle.Message!.TryVerify(artifact, keys, out key, out problem);
    }

    private bool TryVerify(Artifact artifact, out VerifiedBundle? verified, out SignatureProblem? problem)
    {
        verified = null;
        CertificateIdentity? identity = null;
        Statement? statement = null;
        IReadOnlyList<VerifiedTimestamp> timestamps = [];
        IReadOnlyList<TrustedLog> certificateLogs = [];
        problem = ExplainEntries(out var entries)
            ?? ExplainTimes(entries, out timestamps, out var times)
            ?? ExplainCertificate(times, out certificateLogs)
            ?? ExplainIdentity(out identity)
            ?? (_bundle.Envelope is { } envelope ? EnvelopeVerifier.ReadStatement(envelope, artifact, out statement) : null);
        if (problem is not null)
            return false;

        verified = new VerifiedBundle
        {
            Key = _signature.Key,
            Identity = identity,
            Certificate = _material.Certificate,
            Statement = statement,
            LogEntries = entries,
            Timestamps = timestamps,
            CertificateLogs = certificateLogs,
        };
        return true;
    }

    private SignatureProblem? ExplainEntries(out List<VerifiedLogEntry> entries)
    {
        entries = [];
        // Version 0.1 had promises, the later ones have proofs.
        var isFirst = _bundle.MediaType.EndsWith("=0.1", StringComparison.Ordinal);
        foreach (var entry in _material.LogEntries)
        {
            if (isFirst ? entry.Promise is null : entry.Proof?.Checkpoint is null)
                return Log($"an entry of a bundle of this version needs {(isFirst ? "a promise" : "a proof with a checkpoint")}, and has none");
            if (!LogEntryVerifier.TryVerify(entry, _trust.Root.Logs, _signature, out var verified, out var problem))
                return Log(problem);
            if (verified is null)
                continue;
            if (entries.Exists(known => known.Log == verified.Log && known.Leaf.Span.SequenceEqual(verified.Leaf.Span)))
                return Log($"an entry of {verified.Log.Host} is there twice");
            entries.Add(verified);
        }

        var logs = entries.Select(entry => entry.Log.RunBy).Distinct(StringComparer.Ordinal).Count();
        return logs >= _trust.Logs
            ? null
            : Log($"{_trust.Logs} trusted logs have to have recorded the signature; {logs} of {_material.LogEntries.Count} entries are of one");
    }

    private SignatureProblem? ExplainTimes(
        List<VerifiedLogEntry> entries, out IReadOnlyList<VerifiedTimestamp> timestamps, out IReadOnlyList<DateTimeOffset> times)
    {
        var seen = new List<VerifiedTimestamp>();
        (timestamps, times) = (seen, []);
        string? last = null;
        foreach (var response in _material.Timestamps)
        {
            if (!TimestampToken.TryRead(response, out var token, out var problem))
                return Time(problem);
            if (TimestampVerifier.TryVerify(token, _signature.Signature, _trust.Root.TimestampAuthorities, out var verified, out problem))
                seen.Add(verified);
            else
                last = problem;
        }

        var told = entries.Where(entry => entry.Time is not null).Select(entry => entry.Log.RunBy)
            .Concat(seen.Select(timestamp => timestamp.Authority.RunBy)).Distinct(StringComparer.Ordinal).Count();
        times = [.. entries.Select(entry => entry.Time).OfType<DateTimeOffset>().Concat(seen.Select(timestamp => timestamp.Time)).Distinct()];
        if (told < _trust.Times)
            return Time($"{_trust.Times} logs or timestamp authorities have to have told the time; {told} did{(last is null ? "" : $": {last}")}");

        // A log that signs no time is trusted by the times of others.
        var known = times;
        return entries.Find(entry => entry.Time is null && !known.Any(entry.Log.ValidFor.Contains)) is { } late
            ? Log($"{late.Log.Host} is trusted from {late.Log.ValidFor}, and not at the time of the signature")
            : null;
    }

    private SignatureProblem? ExplainCertificate(IReadOnlyList<DateTimeOffset> times, out IReadOnlyList<TrustedLog> logs)
    {
        logs = [];
        if (_material.Certificate is not { } certificate)
            return ExplainKey(times);
        if (times.Count == 0)
            return Time("nobody told when it was signed, so that nobody knows whether the certificate was valid");

        TrustedAuthority? issuer = null;
        foreach (var time in times)
        {
            var problem = "no certificate authority is trusted at that time";
            issuer = _trust.Root.CertificateAuthorities.Where(authority => authority.ValidFor.Contains(time)).FirstOrDefault(authority =>
                CertificatePath.TryVerify(certificate, authority.Certificates, CertificateOids.CodeSigning, time, out problem));
            if (issuer is null)
                return Certificate(problem!);
        }

        return ExplainCertificateLogs(certificate, issuer!.Certificates[0], out logs);
    }

    // No times means that none were asked for; then only a key without an end is beyond doubt.
    private SignatureProblem? ExplainKey(IReadOnlyList<DateTimeOffset> times)
    {
        if (_trust.CertificateLogs > 0)
            return Certificate("a log has to have recorded the signer's certificate, and the bundle was signed with a key that has none");

        var periods = _trust.Keys.Where(known => known.Key.Equals(_signature.Key)).Select(known => known.ValidFor).ToList();
        return periods.Exists(period => times.All(period.Contains) && (times.Count > 0 || period is { Start: not null, End: null }))
            ? null
            : Time($"the key is trusted from {string.Join(", and from ", periods)}, and not at the time of the signature");
    }

    private SignatureProblem? ExplainCertificateLogs(Certificate certificate, Certificate issuer, out IReadOnlyList<TrustedLog> logs)
    {
        var counted = new List<TrustedLog>();
        logs = counted;
        if (_trust.CertificateLogs == 0)
            return null;
        if (!SignedCertificateTimestamp.TryRead(certificate, out var promises, out var problem))
            return Certificate(problem);

        foreach (var promise in promises)
        {
            var log = _trust.Root.CertificateLogs.FirstOrDefault(known => known.Id.Span.SequenceEqual(promise.LogId.Span));
            if (log is null || counted.Exists(known => string.Equals(known.RunBy, log.RunBy, StringComparison.Ordinal)))
                continue;
            if (!promise.IsBy(log, certificate, issuer))
                return Certificate($"{log.BaseUrl} did not promise to record {certificate}");
            if (promise.Milliseconds <= long.MaxValue / TimeSpan.TicksPerMillisecond
                && log.ValidFor.Contains(DateTimeOffset.UnixEpoch.AddMilliseconds(promise.Milliseconds)))
            {
                counted.Add(log);
            }
        }

        return counted.Count >= _trust.CertificateLogs
            ? null
            : Certificate($"{_trust.CertificateLogs} trusted logs have to have recorded {certificate}; {counted.Count} of {promises.Count} promises are by one");
    }

    private SignatureProblem? ExplainIdentity(out CertificateIdentity? identity)
    {
        identity = null;
        if (_material.Certificate is not { } certificate)
            return null;
        if (!CertificateIdentity.TryRead(certificate, out identity, out var problem))
            return Certificate(problem);

        var found = identity;
        return _trust.Identities.Any(trusted => trusted.Explain(found) is null)
            ? null
            : new SignatureProblem(ReasonCode.KeyNotTrusted, "the certificate was given to somebody who is not trusted for this")
            {
                Expected = _trust.Identities.Count == 0
                    ? "nobody"
                    : string.Join(" or ", _trust.Identities.Select(trusted => Printable.Escape($"{trusted.Subject} of {trusted.Issuer}"))),
                Actual = Printable.Escape($"{identity.Subject} of {identity.Issuer ?? "no issuer"}"),
            };
    }

    private static SignatureProblem Log(string message) => new(ReasonCode.TlogMismatch, message);

    private static SignatureProblem Time(string message) => new(ReasonCode.TimeUntrusted, message);

    private static SignatureProblem Certificate(string message) => new(ReasonCode.CertInvalid, message);
}
