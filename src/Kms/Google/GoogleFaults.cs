// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Google;

/// <summary>What the faults of Google Cloud KMS mean here, by the codes of google.rpc.Status.</summary>
internal static class GoogleFaults
{
    /// <summary>What an answer other than a success says.</summary>
    public static KmsException Read(HttpResponseMessage response, byte[] content, GooglePurpose purpose)
    {
        var http = (int)response.StatusCode;
        var (status, message) = Said(content);
        var code = Printable.Escape(status.Length > 0 ? status : $"HTTP {http}");
        var words = $"{code}: {Printable.Escape(message)}";
        return status switch
        {
            "RESOURCE_EXHAUSTED" => Throttled(),
            "PERMISSION_DENIED" => KmsException.Unusable(
                $"{code}: the caller may lack {purpose.Permission} on {purpose.Name} ({purpose.Role} has it): {Printable.Escape(message)}"),
            "UNAUTHENTICATED" => Credentials(),
            "UNAVAILABLE" or "INTERNAL" or "DEADLINE_EXCEEDED" or "ABORTED" or "CANCELLED" or "UNKNOWN" or "DATA_LOSS" => Failed(),
            // NOT_FOUND, FAILED_PRECONDITION (disabled, destroyed, not generated yet), INVALID_ARGUMENT and the like.
            { Length: > 0 } when http is >= 400 and < 500 and not 408 and not 429 => KmsException.Unusable($"{purpose.Name} cannot be used: {words}"),
            _ => http switch
            {
                429 => Throttled(),
                401 => Credentials(),
                403 or 404 => KmsException.Unusable(
                    $"{purpose.Name} cannot be used: HTTP {http} without an error of Google Cloud KMS; is the endpoint its own?"),
                _ => Failed(),
            },
        };

        KmsException Throttled() => KmsException.Throttled(
            $"Google Cloud KMS asks for fewer requests for {purpose.Name}: {code}", response.Headers.RetryAfter?.Delta);

        KmsException Credentials() =>
            KmsException.Unusable($"Google Cloud KMS does not accept our credentials for {purpose.Name}: {code}; renew them");

        KmsException Failed() => KmsException.Unavailable($"Google Cloud KMS failed for {purpose.Name}: {code} (HTTP {http})");
    }

    /// <summary>
    /// What it means that no token was to be had. The library's exceptions are not kept: some have a token server's answer in them.
    /// </summary>
    public static KmsException OfCredentials(Exception failed, GooglePurpose purpose) => failed switch
    {
        TokenResponseException { StatusCode: { } status } said when (int)status is < 400 or 429 or >= 500 => KmsException.Unavailable(
            $"Google gave no token for {purpose.Name}: {ErrorOf(said)} (HTTP {(int)status})"),
        TokenResponseException said => KmsException.Unusable(
            $"Google does not accept our credentials for {purpose.Name}: {ErrorOf(said)}; renew them"),
        HttpRequestException or IOException or OperationCanceledException or TimeoutException => KmsException.Unavailable(
            $"Google could not be asked for a token for {purpose.Name}: {Printable.Escape(failed.GetBaseException().Message)}"),
        _ => KmsException.Unusable(
            $"no Google credentials for {purpose.Name}: {failed.GetType().Name}: {Printable.Escape(failed.Message)}"),
    };

    // Codes of RFC 6749 §5.2 are words of lower case; what a server says in another form is not repeated.
    private static string ErrorOf(TokenResponseException said) =>
        said.Error?.Error is { Length: > 0 and < 64 } code && code.All(one => one is (>= 'a' and <= 'z') or '_') ? code : "no reason given";

    private static (string Status, string? Message) Said(byte[] content)
    {
        if (!StrictJson.TryParse(content, out var document, out _))
            return ("", null);

        using (document)
        {
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object
                ? (error.Text("status") ?? "", error.Text("message"))
                : ("", null);
        }
    }
}
