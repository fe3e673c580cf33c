// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Amazon.Runtime;
using SupplyChain.Model;

namespace SupplyChain.Kms.Aws;

/// <summary>What the faults of AWS mean here, by the error codes of its reference.</summary>
internal static class AwsFaults
{
    private enum Kind
    {
        Throttled,
        Denied,
        Credentials,
        Signature,
        Unusable,
        Unavailable,
    }

    /// <summary>Whether it is about AWS, not an exception of our own or a fault of this program.</summary>
    public static bool IsOne(Exception thrown) => thrown is AmazonClientException or AmazonServiceException
        or OperationCanceledException or HttpRequestException or IOException or WebException;

    /// <summary>Reads what the SDK threw.</summary>
    public static KmsException Read(Exception thrown, AwsPurpose purpose)
    {
        // Providers of credentials wrap what the token service said.
        var inmost = thrown is AmazonClientException { InnerException: AmazonServiceException inner } ? inner : thrown;
        return inmost switch
        {
            // Its text has the answer's body in it.
            AmazonUnmarshallingException malformed => KmsException.Unavailable(
                $"AWS gave an answer about {purpose.Name} that cannot be read (HTTP {(int)malformed.StatusCode})",
                malformed.InnerException),
            AmazonServiceException said => Read(said, purpose),
            AmazonClientException none when none.InnerException is null => KmsException.Unusable(
                $"there are no AWS credentials to ask about {purpose.Name} with: {Printable.Escape(none.Message)}", none),
            OperationCanceledException late => KmsException.Unavailable(
                $"AWS did not answer about {purpose.Name} within {Limits.KmsCall.TotalSeconds:0} s", late),
            _ => KmsException.Unavailable(
                $"AWS could not be asked about {purpose.Name}: {Printable.Escape(thrown.GetBaseException().Message)}", thrown),
        };
    }

    private static KmsException Read(AmazonServiceException said, AwsPurpose purpose)
    {
        var code = Printable.Escape(said.ErrorCode);
        var words = $"{code}: {Printable.Escape(said.Message)}";
        return KindOf(said) switch
        {
            Kind.Throttled => KmsException.Throttled(
                $"AWS asks for fewer requests for {purpose.Name}: {code}", retryAfter: null, said),
            Kind.Denied => KmsException.Unusable(
                $"{code}: the caller may lack {purpose.Permission} on {purpose.Name}, in its own policies or in the key's: "
                + Printable.Escape(said.Message), said),
            Kind.Credentials => KmsException.Unusable(
                $"AWS does not accept our credentials for {purpose.Name}: {code}; renew them", said),
            // The service repeats the signed headers here, a session token among them.
            Kind.Signature => KmsException.Unusable(
                $"AWS does not accept our signature for {purpose.Name}: {code}; "
                + "look at the secret access key and at this machine's clock"),
            Kind.Unusable => KmsException.Unusable($"{purpose.Name} cannot be used: {words}", said),
            _ => KmsException.Unavailable(
                (int)said.StatusCode == 0
                    ? $"AWS could not be asked about {purpose.Name}: {Printable.Escape(said.GetBaseException().Message)}"
                    : $"AWS failed for {purpose.Name}: {code} (HTTP {(int)said.StatusCode})",
                said),
        };
    }

    private static Kind KindOf(AmazonServiceException said) => said.ErrorCode switch
    {
        "ThrottlingException" or "Throttling" or "LimitExceededException" or "TooManyRequestsException" or "RequestLimitExceeded"
            or "RequestThrottled" or "RequestThrottledException" => Kind.Throttled,
        "AccessDeniedException" or "AccessDenied" or "NotAuthorized" or "OptInRequired" => Kind.Denied,
        "UnrecognizedClientException" or "InvalidClientTokenId" or "ExpiredTokenException" or "ExpiredToken"
            or "MissingAuthenticationToken" or "MissingAuthenticationTokenException" => Kind.Credentials,
        "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature" or "IncompleteSignatureException"
            or "RequestExpired" or "RequestTimeTooSkewed" => Kind.Signature,
        "KMSInternalException" or "KMSInternal" or "DependencyTimeoutException" or "DependencyTimeout" or "KeyUnavailableException"
            or "KeyUnavailable" or "InternalFailure" or "ServiceUnavailable" or "ServiceUnavailableException" => Kind.Unavailable,
        // DisabledException, KMSInvalidStateException, NotFoundException, InvalidKeyUsageException, InvalidArnException and the like.
        { Length: > 0 } when (int)said.StatusCode is >= 400 and < 500 and not 408 and not 429 => Kind.Unusable,
        _ when said.StatusCode is HttpStatusCode.TooManyRequests => Kind.Throttled,
        _ => Kind.Unavailable,
    };
}
