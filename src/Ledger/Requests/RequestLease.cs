// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger.Requests;

/// <summary>
/// The right to work on one request. Every write for the request carries it; once another worker has taken the
/// request over, the writes of the earlier holder are refused, however late it wakes up.
/// </summary>
public sealed record RequestLease
{
    internal RequestLease(string request, Digest key, Digest fingerprint, string token, DateTimeOffset until)
    {
        Request = request;
        Key = key;
        Fingerprint = fingerprint;
        Token = token;
        Until = until;
    }

    /// <summary>The request's id, and the id of the decision that will end it.</summary>
    public string Request { get; }

    /// <summary>The request's key. <see cref="RequestIdentity.Key"/></summary>
    public Digest Key { get; }

    /// <summary>What the request asks for. <see cref="RequestIdentity.Fingerprint"/></summary>
    public Digest Fingerprint { get; }

    /// <summary>Until when nobody else may take the request over; each write and renewal moves it.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>What only this holder knows.</summary>
    internal string Token { get; }
}
