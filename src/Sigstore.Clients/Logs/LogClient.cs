// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Has a log record signatures: Rekor 1 or 2. An entry is handed out only if it holds against the trust root for the very signature that
/// was sent, with proof that it is in the log.
/// </summary>
/// <param name="http">How it is spoken to.</param>
/// <param name="log">The log, of a version in <see cref="SigningConfig.LogVersions"/>.</param>
/// <param name="root">Whom to believe.</param>
public sealed class LogClient(TransparencyHttp http, SigningService log, TrustedRoot root)
{
    private const string Json = "application/json";
    private const string EntriesVersion1 = "/api/v1/log/entries";
    private const string EntriesVersion2 = "/api/v2/log/entries";
    private const int Conflict = 409;
    private const int EntryIdDigits = 64;
    private const int TreeAndEntryIdDigits = 80;

    /// <summary>Records a signature; one that is recorded already is answered with the entry that there is.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TransparencyException">
    /// TRANSPARENCY_UNAVAILABLE, TRANSPARENCY_REFUSED, TLOG_MISMATCH or TIME_UNTRUSTED: there is no entry that holds.
    /// </exception>
    public async ValueTask<LogEntry> RecordAsync(LoggedSignature signature, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (LoggableKeys.Explain(signature.Key, log.MajorVersion, signature.Envelope is not null) is { } unfit)
            throw TransparencyException.Refused(unfit);

        var (entry, isNew) = log.MajorVersion == 1
            ? await RecordVersion1Async(signature, cancellationToken)
            : (await RecordVersion2Async(signature, cancellationToken), true);
        Verify(entry, signature, isNew);
        return entry;
    }

    private async ValueTask<(LogEntry Entry, bool IsNew)> RecordVersion1Async(LoggedSignature signature, CancellationToken cancellationToken)
    {
        // Both requests are one call: a worker's lease outlasts no two.
        using var limit = http.StartLimit();
        var answer = await http.SendAsync(
            TransparencyHttp.AddressOf(log.Url, EntriesVersion1), (Bounded(LogRequest.WriteVersion1(signature)), Json), Json, limit.Token, cancellationToken);
        var isNew = answer.Status != Conflict;
        if (!isNew)
        {
            answer = await http.SendAsync(
                TransparencyHttp.AddressOf(log.Url, $"{EntriesVersion1}/{ExistingEntry(answer)}"), body: null, Json, limit.Token, cancellationToken);
        }

        if (!answer.IsSuccess)
            throw answer.ToRefusal();
        return LogAnswer.TryReadVersion1(answer.Content, LogRequest.KindOf(signature), out var entry, out var problem)
            ? (entry, isNew)
            : throw answer.Malformed(problem);
    }

    private async ValueTask<LogEntry> RecordVersion2Async(LoggedSignature signature, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(
            TransparencyHttp.AddressOf(log.Url, EntriesVersion2), (Bounded(LogRequest.WriteVersion2(signature)), Json), Json, cancellationToken);
        if (!answer.IsSuccess)
            throw answer.ToRefusal();
        return LogAnswer.TryReadVersion2(answer.Content, out var entry, out var problem) ? entry : throw answer.Malformed(problem);
    }

    private byte[] Bounded(byte[] request) => request.Length <= Limits.LogRequestBytes
        ? request
        : throw TransparencyException.Refused(string.Create(
            CultureInfo.InvariantCulture,
            $"log {Printable.Escape(log.Url.ToString())} would be sent {request.Length} bytes; expected at most {Limits.LogRequestBytes}"));

    // Only the id is taken from the address that the log names: the entry is asked for where the log is.
    private static string ExistingEntry(ServiceAnswer conflict)
    {
        var id = conflict.Location?.OriginalString.Split('/')[^1] ?? "";
        return id.Length is EntryIdDigits or TreeAndEntryIdDigits && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw conflict.Malformed(
                $"the entry exists, and its Location names '{Printable.Escape(id)}'; expected {EntryIdDigits} or {TreeAndEntryIdDigits} hexadecimal digits");
    }

    private void Verify(LogEntry entry, LoggedSignature signature, bool isNew)
    {
        if (!LogEntryVerifier.TryVerify(entry, root.Logs, signature, out var verified, out var problem))
            throw TransparencyException.Log(log.Url, problem);
        if (verified is null)
            throw TransparencyException.Log(log.Url, $"the entry is of log {Convert.ToHexStringLower(entry.LogId.Span)}, which the trust root does not name");
        if (!verified.IsIncluded)
            throw TransparencyException.Log(log.Url, "the entry has no proof of inclusion; expected one with a checkpoint");

        var now = http.Clock.GetUtcNow();
        var time = verified.Time ?? now;
        if (time > now + Limits.ClockSkew || (isNew && time < now - Limits.ClockSkew))
        {
            throw new TransparencyException(ReasonCode.TimeUntrusted, string.Create(
                CultureInfo.InvariantCulture,
                $"log {Printable.Escape(log.Url.ToString())} says that it took the entry at {Rfc3339.Write(time)}; expected {Rfc3339.Write(now)}, or {Limits.ClockSkew.TotalMinutes} min from it"));
        }

        if (verified.Time is null && !verified.Log.ValidFor.Contains(now))
            throw TransparencyException.Log(log.Url, $"{verified.Log.Host} is trusted from {verified.Log.ValidFor}, and not now");
    }
}
