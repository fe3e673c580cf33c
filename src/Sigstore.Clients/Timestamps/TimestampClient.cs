// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Has a timestamp authority tell when a signature was seen; RFC 3161. An answer is handed out only if it is of this question and this
/// signature, by an authority of the trust root, and of now.
/// </summary>
/// <param name="http">How it is spoken to.</param>
/// <param name="authority">The authority; its URL is the one that is asked.</param>
/// <param name="root">Whom to believe.</param>
public sealed class TimestampClient(TransparencyHttp http, SigningService authority, TrustedRoot root)
{
    /// <summary>Has the time told.</summary>
    /// <param name="signature">The signature's bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A DER TimeStampResp, as bundles hold it.</returns>
    /// <exception cref="TransparencyException">
    /// TRANSPARENCY_UNAVAILABLE, TRANSPARENCY_REFUSED or TIME_UNTRUSTED: there is no answer that holds.
    /// </exception>
    public async ValueTask<ReadOnlyMemory<byte>> StampAsync(ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        var query = TimestampQuery.For(signature.Span);
        var answer = await http.SendAsync(
            TransparencyHttp.AddressOf(authority.Url, ""), (query.Der, "application/timestamp-query"), "application/timestamp-reply", cancellationToken);
        if (!answer.IsSuccess)
            throw answer.ToRefusal();
        if (Explain(answer.Content, signature, query) is { } problem)
            throw TransparencyException.Time(authority.Url, problem);
        return answer.Content;
    }

    private string? Explain(ReadOnlyMemory<byte> response, ReadOnlyMemory<byte> signature, TimestampQuery query)
    {
        if (!TimestampToken.TryRead(response, out var token, out var problem))
            return problem;
        if (token.Nonce != query.Nonce)
            return $"it is the answer to another question: expected the nonce {query.Nonce}, found {token.Nonce?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
        if (!TimestampVerifier.TryVerify(token, signature, root.TimestampAuthorities, out var verified, out problem))
            return problem;

        var now = http.Clock.GetUtcNow();
        return (verified.Time - now).Duration() <= Limits.ClockSkew
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it tells {Rfc3339.Write(verified.Time)}; expected {Rfc3339.Write(now)}, or {Limits.ClockSkew.TotalMinutes} min from it");
    }
}
