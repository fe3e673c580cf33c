// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>Turns what went wrong on the wire into a reason.</summary>
internal static class RegistryFaults
{
    public static RegistryException FromTransport(Uri target, Exception broken)
    {
        var host = target.Authority;
        for (var cause = broken; cause is not null; cause = cause.InnerException)
        {
            if (cause is RegistryException refused)
                return new RegistryException(refused.Reason, refused.Message, broken);

            if (cause is AuthenticationException)
                return new RegistryException(
                    ReasonCode.TlsRequired, $"{host} does not present a certificate that is trusted for it", broken);
        }

        return new RegistryException(ReasonCode.RegistryUnavailable, $"{host} cannot be reached", broken);
    }

    /// <summary>
    /// The fault behind an answer that nobody expected, with the registry's own error code where it gives one.
    /// </summary>
    public static async ValueTask<RegistryException> FromAnswerAsync(
        HttpResponseMessage response, string what, TimeProvider clock, Attempt attempt)
    {
        var status = (int)response.StatusCode;
        var code = await ReadCodeAsync(response, attempt);
        var host = response.RequestMessage?.RequestUri?.Authority;
        var message = $"{host} answered {status}{(code is null ? "" : " " + code)} to {what}";
        var reason = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ReasonCode.RegistryDenied,
            HttpStatusCode.TooManyRequests => ReasonCode.RegistryThrottled,
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => ReasonCode.RegistryUnavailable,
            _ when code is "MANIFEST_BLOB_UNKNOWN" or "BLOB_UNKNOWN" => ReasonCode.BlobMissing,
            _ => ReasonCode.RegistryProtocol,
        };
        return new RegistryException(reason, message)
        {
            RetryAfter = reason == ReasonCode.RegistryThrottled || reason == ReasonCode.RegistryUnavailable
                ? RetryAfter(response, clock)
                : null,
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock)
    {
        var asked = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - clock.GetUtcNow();
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    // The first code of {"errors":[{"code":…}]}; of the rest, nothing is repeated.
    private static async ValueTask<string?> ReadCodeAsync(HttpResponseMessage response, Attempt attempt)
    {
        var content = await BodyReader.ReadAsync(response, Limits.RegistryErrorBytes, attempt);
        if (content is null || !StrictJson.TryParse(content, out var document, out _))
            return null;

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("errors", out var errors)
                && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                && errors[0].ValueKind == JsonValueKind.Object && errors[0].TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.String && code.GetString() is { Length: <= 64 } text
                && text.All(c => char.IsAsciiLetterUpper(c) || c == '_')
                    ? text
                    : null;
        }
    }
}
