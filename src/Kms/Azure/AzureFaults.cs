// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Identity;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Azure;

/// <summary>What the faults of Azure Key Vault mean here, by the error codes of its reference.</summary>
internal static class AzureFaults
{
    /// <summary>What an answer other than a success says.</summary>
    public static KmsException Read(HttpMessage message, AzurePurpose purpose, DateTimeOffset now)
    {
        var status = message.Response.Status;
        var (code, inner, text) = Said(message.Response.Content.ToMemory());
        var codes = Printable.Escape(code.Length == 0 ? $"HTTP {status}" : inner.Length == 0 ? code : $"{code} ({inner})");
        var words = $"{codes}: {Printable.Escape(text)}";
        return (status, inner) switch
        {
            (401, _) when AzureChallengePolicy.RefusesOldToken(message) => KmsException.Unavailable(
                $"Azure Key Vault does not take its token for {purpose.Name} any more: {codes}; the next request brings a new one"),
            (401, _) => KmsException.Unusable($"Azure Key Vault does not accept our credentials for {purpose.Name}: {codes}; renew them"),
            (403, "KeyDisabled" or "KeyExpired" or "KeyNotYetValid") => KmsException.Unusable($"{purpose.Name} cannot be used: {words}"),
            (403, "ForbiddenByFirewall" or "ForbiddenByConnection") => KmsException.Unusable(
                $"{codes}: the vault of {purpose.Name} takes no requests from here; look at its firewall and private endpoints"),
            (403, _) => KmsException.Unusable(
                $"{codes}: the caller may lack {purpose.Permission} on {purpose.Name} (the role Key Vault Crypto User has it, on a Managed "
                + $"HSM Managed HSM Crypto User): {Printable.Escape(text)}"),
            (429, _) => KmsException.Throttled(
                $"Azure Key Vault asks for fewer requests for {purpose.Name}: {codes}", RetryAfter(message.Response, now)),
            // KeyNotFound, BadParameter, Conflict (a key that is being deleted) and the like.
            ( >= 400 and < 500 and not 408, _) => KmsException.Unusable($"{purpose.Name} cannot be used: {words}"),
            _ => KmsException.Unavailable($"Azure Key Vault failed for {purpose.Name}: {codes} (HTTP {status})"),
        };
    }

    /// <summary>Whether something that was thrown on the way tells about the service, and is no fault of this program.</summary>
    public static bool IsOfService(Exception thrown) =>
        thrown is AuthenticationFailedException or OperationCanceledException or RequestFailedException or HttpRequestException or IOException;

    /// <summary>
    /// Reads what was thrown on the way. What the token library throws is not kept: some of it has a server's answer in it.
    /// </summary>
    public static KmsException Read(Exception thrown, AzurePurpose purpose) => thrown switch
    {
        CredentialUnavailableException none => KmsException.Unusable($"no Azure credentials for {purpose.Name}: {FirstLine(none)}"),
        AuthenticationFailedException failed when IsOutage(failed) => KmsException.Unavailable(
            $"Azure gave no token for {purpose.Name}: {FirstLine(failed)}"),
        AuthenticationFailedException refused => KmsException.Unusable(
            $"Azure does not accept our credentials for {purpose.Name}: {FirstLine(refused)}"),
        OperationCanceledException late => KmsException.Unavailable(
            $"Azure Key Vault did not answer about {purpose.Name} within {Limits.KmsCall.TotalSeconds:0} s", late),
        _ => KmsException.Unavailable(
            $"Azure Key Vault could not be asked about {purpose.Name}: {Printable.Escape(thrown.GetBaseException().Message)}", thrown),
    };

    private static bool IsOutage(Exception failed)
    {
        for (var cause = failed.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or IOException or OperationCanceledException
                || (cause is RequestFailedException { Status: var status } && status is 0 or 408 or 429 or >= 500))
            {
                return true;
            }
        }

        return false;
    }

    private static string FirstLine(Exception failed) => Printable.Escape(failed.Message.Split('\n')[0].TrimEnd('\r'));

    private static TimeSpan? RetryAfter(Response response, DateTimeOffset now)
    {
        if (!response.Headers.TryGetValue("Retry-After", out var text))
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until) && until > now
            ? until - now
            : null;
    }

    private static (string Code, string Inner, string? Message) Said(ReadOnlyMemory<byte> content)
    {
        if (!StrictJson.TryParse(content, out var document, out _))
            return ("", "", null);

        using (document)
        {
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("error", out var error) || error.ValueKind is not JsonValueKind.Object)
            {
                return ("", "", null);
            }

            var inner = error.TryGetProperty("innererror", out var more) && more.ValueKind is JsonValueKind.Object ? more.Text("code") : null;
            return (error.Text("code") ?? "", inner ?? "", error.Text("message"));
        }
    }
}
