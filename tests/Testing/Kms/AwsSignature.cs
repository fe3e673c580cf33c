// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>Who may sign requests, and with what.</summary>
public sealed record AwsIdentity(string AccessKeyId, string SecretAccessKey, string? SessionToken);

/// <summary>Checks Signature Version 4 as AWS describes it, for requests without query whose path needs no escaping.</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The error code and message that AWS answers with, or nothing when the request is properly signed.</summary>
    public static (string Code, string Message)? ProblemOf(
        SeenRequest request, byte[] body, IEnumerable<AwsIdentity> identities, string region, string service, DateTimeOffset now)
    {
        if (request.Header("Authorization") is not { } authorization)
            return ("MissingAuthenticationTokenException", "Missing Authentication Token");

        var parts = Parse(authorization);
        if (parts is not { } read)
            return ("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.");

        var scope = read.Credential.Split('/');
        if (scope.Length != 5 || scope[4] is not "aws4_request" || scope[2] != region || scope[3] != service)
            return ("InvalidSignatureException", $"Credential should be scoped to a valid region and service, found {read.Credential}.");

        var identity = identities.FirstOrDefault(known => known.AccessKeyId == scope[0]);
        if (identity is null || identity.SessionToken != request.Header("X-Amz-Security-Token"))
            return ("UnrecognizedClientException", "The security token included in the request is invalid.");

        var signed = read.SignedHeaders.Split(';');
        var needed = request.Headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)).Append("host");
        if (!signed.SequenceEqual(signed.Order(StringComparer.Ordinal), StringComparer.Ordinal)
            || needed.Any(name => !signed.Contains(name.ToLowerInvariant(), StringComparer.Ordinal)))
        {
            return ("InvalidSignatureException", "'host' and every 'x-amz-' header must be among the signed headers, in order.");
        }

        if (!DateTimeOffset.TryParseExact(
                request.Header("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            || scope[1] != date.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
        {
            return ("IncompleteSignatureException", "Date must be in ISO-8601 basic format and equal that of the credential.");
        }

        if ((now - date).Duration() > Skew)
            return ("InvalidSignatureException", $"Signature expired: {request.Header("X-Amz-Date")} is not within 5 min. of {now:yyyyMMdd'T'HHmmss'Z'}");

        var hash = Hex(SHA256.HashData(body));
        if (request.Header("X-Amz-Content-SHA256") is { } claimed && claimed != hash)
            return ("InvalidSignatureException", "The provided 'x-amz-content-sha256' header does not match what was computed.");

        var canonical = string.Join('\n', [
            request.Method, request.Path, request.Query.TrimStart('?'),
            .. signed.Select(name => $"{name}:{Squeeze(request.Header(name) ?? "")}"), "", read.SignedHeaders, hash]);
        var text = string.Join('\n', Algorithm, request.Header("X-Amz-Date"), string.Join('/', scope[1..]), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = scope[1..].Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + identity.SecretAccessKey), (derived, part) => HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(part)));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == read.Signature
            ? null
            : ("InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. The Canonical String for this request "
                + $"should have been '{canonical}'");
    }

    private static (string Credential, string SignedHeaders, string Signature)? Parse(string authorization)
    {
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return null;

        var members = authorization[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(member => member.Split('=', 2)).Where(member => member.Length == 2)
            .ToDictionary(member => member[0], member => member[1], StringComparer.Ordinal);
        return members.TryGetValue("Credential", out var credential) && members.TryGetValue("SignedHeaders", out var headers)
            && members.TryGetValue("Signature", out var signature)
            ? (credential, headers, signature)
            : null;
    }

    private static string Squeeze(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
