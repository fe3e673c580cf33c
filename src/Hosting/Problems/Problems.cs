// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Hosting;

/// <summary>The one table from reason codes to HTTP answers.</summary>
public static class Problems
{
    /// <summary>How long a client waits before it tries again when nothing better is known.</summary>
    public static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    private static readonly ProblemType BadRequest = new("bad-request", 400, "The request is malformed");
    private static readonly ProblemType Unauthenticated = new("unauthenticated", 401, "The caller is not known");
    private static readonly ProblemType NotAuthorised = new("not-authorised", 403, "The caller may not do this");
    private static readonly ProblemType NotFound = new("not-found", 404, "There is no such thing");
    private static readonly ProblemType NoSuchMethod = new(
        "method-not-allowed", 405, "This address has no such method");
    private static readonly ProblemType Conflict =
        new("idempotency-conflict", 409, "The idempotency key belongs to another request");

    private static readonly ProblemType InProgress = new("in-progress", 409, "The same request is being worked on");
    private static readonly ProblemType TooLarge = new("too-large", 413, "The request is too large");
    private static readonly ProblemType Refused = new("policy-refused", 422, "The policy refuses this");
    private static readonly ProblemType RateLimited = new("rate-limited", 429, "Too many requests");
    private static readonly ProblemType Internal = new("internal", 500, "The service failed");
    private static readonly ProblemType Unavailable = new(
        "unavailable", 503, "Something the service needs is not available");

    private static readonly FrozenDictionary<ReasonCode, ProblemType> Special = new Dictionary<ReasonCode, ProblemType>
    {
        [ReasonCode.BadRequest] = BadRequest,
        [ReasonCode.BadReference] = BadRequest,
        [ReasonCode.BadDigest] = BadRequest,
        [ReasonCode.TagNotAllowed] = BadRequest,
        [ReasonCode.PolicyAmbiguous] = BadRequest,
        [ReasonCode.ReportSource] = BadRequest,
        [ReasonCode.ReviewMalformed] = BadRequest,
        [ReasonCode.TokenInvalid] = Unauthenticated,
        [ReasonCode.NotAuthorised] = NotAuthorised,
        [ReasonCode.CallerUntrusted] = NotAuthorised,
        [ReasonCode.NotFound] = NotFound,
        [ReasonCode.IdempotencyConflict] = Conflict,
        [ReasonCode.RequestInProgress] = InProgress,
        [ReasonCode.RequestLimit] = TooLarge,
        [ReasonCode.ReviewLimit] = TooLarge,
        [ReasonCode.RateLimited] = RateLimited,
        [ReasonCode.PolicyInvalid] = Unavailable,
        [ReasonCode.ThreatDataMissing] = Unavailable,
        [ReasonCode.ThreatDataStale] = Unavailable,
        [ReasonCode.Internal] = Internal,
    }.ToFrozenDictionary();

    /// <summary>
    /// The kind of problem that a code is answered with. What is not listed is a dependency that may come back (503) or
    /// a refusal (422).
    /// </summary>
    public static ProblemType TypeOf(ReasonCode reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return Special.TryGetValue(reason, out var type) ? type : reason.IsRetryable ? Unavailable : Refused;
    }

    /// <summary>The answer for a status that the server itself set, such as 405; the status stays.</summary>
    /// <param name="status">The status.</param>
    /// <param name="allowed">The methods that the address has, as <c>Allow</c> lists them; empty where that is not known.</param>
    internal static Problem ForStatus(int status, string allowed)
    {
        var reason = status switch
        {
            401 => ReasonCode.TokenInvalid,
            403 => ReasonCode.NotAuthorised,
            404 => ReasonCode.NotFound,
            413 => ReasonCode.RequestLimit,
            429 => ReasonCode.RateLimited,
            < 500 => ReasonCode.BadRequest,
            _ => ReasonCode.Internal,
        };
        return new Problem(
            reason, status == NoSuchMethod.Status ? NoSuchMethod : TypeOf(reason) with { Status = status })
        {
            Detail = status == NoSuchMethod.Status && allowed.Length > 0 ? $"This address has no such method; expected {allowed}." : null,
            RetryAfter = reason.IsRetryable ? DefaultRetryAfter : null,
        };
    }

    /// <summary>
    /// The answer when something failed after a yes: whatever the reason, it is no refusal. Asking again takes up what was
    /// recorded; where it takes an operator first, no time to do so is given.
    /// </summary>
    /// <param name="reason">The code.</param>
    /// <param name="detail">A sentence for the client; nothing internal.</param>
    /// <param name="retryAfter">When to try again, if known.</param>
    public static Problem Interrupted(ReasonCode reason, string? detail = null, TimeSpan? retryAfter = null)
    {
        var type = TypeOf(reason);
        return new Problem(reason, type == Refused ? Unavailable : type)
        {
            Detail = detail,
            RetryAfter = retryAfter ?? (reason.IsRetryable ? DefaultRetryAfter : null),
        };
    }

    /// <summary>The answer for a code.</summary>
    /// <param name="reason">The code.</param>
    /// <param name="detail">A sentence for the client; nothing internal.</param>
    /// <param name="retryAfter">When to try again, if known; retryable codes get a default.</param>
    /// <param name="decision">The decision behind a refusal, as UTF-8 JSON.</param>
    /// <param name="remedy">What to do about it, where that is something else than the code says.</param>
    public static Problem For(
        ReasonCode reason, string? detail = null, TimeSpan? retryAfter = null, ReadOnlyMemory<byte> decision = default,
        string? remedy = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new Problem(reason, TypeOf(reason))
        {
            Detail = detail,
            RetryAfter = retryAfter ?? (reason.IsRetryable ? DefaultRetryAfter : null),
            Decision = decision,
            Remedy = remedy,
        };
    }
}
