// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// A log, timestamp authority or certificate authority did not do its part. The message names the service, what was expected and what was
/// found, never a token. Whether asking again can help is <see cref="ReasonCode.IsRetryable"/> of <see cref="Reason"/>.
/// </summary>
public sealed class TransparencyException : Exception
{
    /// <summary>A fault with its code.</summary>
    public TransparencyException(ReasonCode reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>
    /// TRANSPARENCY_UNAVAILABLE where the service did not answer; TRANSPARENCY_REFUSED where it does not do this; TLOG_MISMATCH,
    /// TIME_UNTRUSTED or CERT_INVALID for an answer that does not hold against the trust root.
    /// </summary>
    public ReasonCode Reason { get; }

    /// <summary>When another try is worth it, if the service says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    internal static TransparencyException Unavailable(string message, Exception? inner = null) =>
        new(ReasonCode.TransparencyUnavailable, message, inner);

    internal static TransparencyException Refused(string message) => new(ReasonCode.TransparencyRefused, message);

    internal static TransparencyException Log(Uri log, string problem) =>
        new(ReasonCode.TlogMismatch, $"the answer of log {Printable.Escape(log.ToString())} does not hold: {problem}");

    internal static TransparencyException Time(Uri authority, string problem) =>
        new(ReasonCode.TimeUntrusted, $"the answer of timestamp authority {Printable.Escape(authority.ToString())} does not hold: {problem}");

    internal static TransparencyException Certificate(Uri authority, string problem) =>
        new(ReasonCode.CertInvalid, $"the answer of certificate authority {Printable.Escape(authority.ToString())} does not hold: {problem}");
}
