// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>How many have to speak for a signature, each of another operator.</summary>
/// <param name="Logs">Logs that recorded the signature.</param>
/// <param name="CertificateLogs">Logs that recorded the certificate before it was issued.</param>
/// <param name="Times">Logs and timestamp authorities that told when it was made.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Witnesses(int Logs, int CertificateLogs, int Times);

/// <summary>
/// Verifies what came along with a signature against one trust root, in the order of Sigstore's client specification: logs, times,
/// certificate, the logs of certificates. Everything that is claimed has to hold; what is missing is missing, never made up for.
/// </summary>
internal sealed class MaterialVerifier
{
    private readonly BundleMaterial _material;
    private readonly LoggedSignature _signature;
    private readonly TrustedRoot _root;
    private readonly Witnesses _needed;

    private MaterialVerifier(BundleMaterial material, LoggedSignature signature, TrustedRoot root, Witnesses needed)
    {
        _material = material;
        _signature = signature;
        _root = root;
        _needed = needed;
    }

    /// <summary>Verifies the material of a signature that verifies with its key.</summary>
    /// <param name="material">The material.</param>
    /// <param name="signature">The signature; its key is the certificate's where there is one.</param>
    /// <param name="root">Whom to believe.</param>
    /// <param name="needed">How many have to speak for it.</param>
    /// <param name="verified">What it proves, when the result is <see langword="true"/>.</param>
    /// <param name="problem">TLOG_MISMATCH, TIME_UNTRUSTED or CERT_INVALID, when it is not.</param>
    public static bool TryVerify(
        BundleMaterial material, LoggedSignature signature, TrustedRoot root, Witnesses needed,
        [NotNullWhen(true)] out VerifiedMaterial? verified, [NotNullWhen(false)] out SignatureProblem? problem) =>
        new MaterialVerifier(material, signature, root, needed).TryVerify(out verified, out problem);

    private bool TryVerify(out VerifiedMaterial? verified, out SignatureProblem? problem)
    {
        verified = null;
        CertificateIdentity? identity = null;
        IReadOnlyList<VerifiedTimestamp> timestamps = [];
        IReadOnlyList<DateTimeOffset> times = [];
        IReadOnlyList<TrustedLog> certificateLogs = [];
        problem = ExplainEntries(out var entries)
            ?? ExplainTimes(entries, out timestamps, out times)
            ?? ExplainCertificate(times, out identity, out certificateLogs);
        if (problem is not null)
            return false;

        verified = new VerifiedMaterial
        {
            Root = _root,
            Key = _signature.Key,
            Identity = identity,
            Certificate = _material.Certificate,
            LogEntries = entries,
            Timestamps = timestamps,
            CertificateLogs = certificateLogs,
            Times = times,
        };
        return true;
    }

    private SignatureProblem? ExplainEntries(out List<VerifiedLogEntry> entries)
    {
        entries = [];
        foreach (var entry in _material.LogEntries)
        {
            if (_material.HasPromises ? entry.Promise is null : entry.Proof?.Checkpoint is null)
            {
                return Log($"an entry of a bundle of this version needs {(_material.HasPromises ? "a promise" : "a proof with a checkpoint")}, "
                    + "and has none");
            }

            if (!LogEntryVerifier.TryVerify(entry, _root.Logs, _signature, out var verified, out var problem))
                return Log(problem);
            if (verified is null)
                continue;
            if (entries.Exists(known => known.Log == verified.Log && known.Leaf.Span.SequenceEqual(verified.Leaf.Span)))
                return Log($"an entry of {verified.Log.Host} is there twice");
            entries.Add(verified);
        }

        var logs = entries.Select(entry => entry.Log.RunBy).Distinct(StringComparer.Ordinal).Count();
        return logs >= _needed.Logs
            ? null
            : Log("too few trusted logs recorded the signature") with
            {
                Expected = AtLeast(_needed.Logs, "trusted log", "trusted logs"),
                Actual = $"{logs}; the bundle has {Count(_material.LogEntries.Count, "log entry", "log entries")}",
            };
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
            if (TimestampVerifier.TryVerify(token, _signature.Stamped, _root.TimestampAuthorities, out var verified, out problem))
                seen.Add(verified);
            else
                last = problem;
        }

        var told = entries.Where(entry => entry.Time is not null).Select(entry => entry.Log.RunBy)
            .Concat(seen.Select(timestamp => timestamp.Authority.RunBy)).Distinct(StringComparer.Ordinal).Count();
        times = [.. entries.Select(entry => entry.Time).OfType<DateTimeOffset>().Concat(seen.Select(timestamp => timestamp.Time)).Distinct()];
        if (told < _needed.Times)
        {
            return Time($"too few logs and timestamp authorities told the time{(last is null ? "" : $": {last}")}") with
            {
                Expected = AtLeast(_needed.Times, "log or timestamp authority", "logs or timestamp authorities"),
                Actual = $"{told}; the bundle has {Count(_material.LogEntries.Count, "log entry", "log entries")} "
                    + $"and {Count(_material.Timestamps.Count, "timestamp", "timestamps")}",
            };
        }

        // A log that signs no time is trusted by the times of others.
        var known = times;
        return entries.Find(entry => entry.Time is null && (known.Count == 0 || !known.All(entry.Log.ValidFor.Contains))) is { } late
            ? Log($"{late.Log.Host} is trusted from {late.Log.ValidFor}, and not at the time of the signature")
            : null;
    }

    private SignatureProblem? ExplainCertificate(
        IReadOnlyList<DateTimeOffset> times, out CertificateIdentity? identity, out IReadOnlyList<TrustedLog> logs)
    {
        identity = null;
        logs = [];
        if (_material.Certificate is not { } certificate)
        {
            return _needed.CertificateLogs > 0
                ? Untrusted("a log has to have recorded the signer's certificate, and the bundle was signed with a key that has none")
                : null;
        }

        if (times.Count == 0)
            return Time("nobody told when it was signed, so that nobody knows whether the certificate was valid");

        TrustedAuthority? issuer = null;
        foreach (var time in times)
        {
            var problem = "no certificate authority is trusted at that time";
            issuer = _root.CertificateAuthorities.Where(authority => authority.ValidFor.Contains(time)).FirstOrDefault(authority =>
                CertificatePath.TryVerify(certificate, authority.Certificates, CertificateOids.CodeSigning, time, out problem));
            if (issuer is null)
                return Untrusted(problem!);
        }

        if (ExplainCertificateLogs(certificate, issuer!.Certificates[0], out logs) is { } unrecorded)
            return unrecorded;

        return CertificateIdentity.TryRead(certificate, out identity, out var unreadable) ? null : Untrusted(unreadable);
    }

    // Where none is asked for, those that are there are counted, and a wrong one counts for nothing.
    private SignatureProblem? ExplainCertificateLogs(Certificate certificate, Certificate issuer, out IReadOnlyList<TrustedLog> logs)
    {
        var counted = new List<TrustedLog>();
        logs = counted;
        if (!SignedCertificateTimestamp.TryRead(certificate, out var promises, out var problem))
            return _needed.CertificateLogs == 0 ? null : Untrusted(problem);

        foreach (var promise in promises)
        {
            var log = _root.CertificateLogs.FirstOrDefault(known => known.Id.Span.SequenceEqual(promise.LogId.Span));
            if (log is null || counted.Exists(known => string.Equals(known.RunBy, log.RunBy, StringComparison.Ordinal)))
                continue;
            if (!promise.IsBy(log, certificate, issuer))
            {
                if (_needed.CertificateLogs > 0)
                    return Untrusted($"{log.BaseUrl} did not promise to record {certificate}");
                continue;
            }

            if (promise.Time is { } time && log.ValidFor.Contains(time))
                counted.Add(log);
        }

        return counted.Count >= _needed.CertificateLogs
            ? null
            : Untrusted($"too few trusted logs recorded {certificate}") with
            {
                Expected = AtLeast(_needed.CertificateLogs, "trusted log", "trusted logs"),
                Actual = $"{counted.Count}; the certificate has {Count(promises.Count, "promise of a log", "promises of logs")}",
            };
    }

    private static string AtLeast(int number, string one, string several) =>
        $"at least {Count(number, one, several)}{(number == 1 ? "" : ", of distinct operators")}";

    private static string Count(int number, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several)}");

    private static SignatureProblem Log(string message) => new(ReasonCode.TlogMismatch, message);

    private static SignatureProblem Time(string message) => new(ReasonCode.TimeUntrusted, message);

    private static SignatureProblem Untrusted(string message) => new(ReasonCode.CertInvalid, message);
}
