// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Verifier.Webhook;

/// <summary>What the webhook logs: ids, names and reason codes; never the body of a request.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "allowed {Kind}, review {Uid}, decisions {Decisions}")]
    public static partial void ReviewAllowed(ILogger logger, string uid, string kind, string decisions);

    [LoggerMessage(2, LogLevel.Information, "denied {Kind} {Namespace}/{Name}, review {Uid}: {Reason}, decisions {Decisions}")]
    public static partial void ReviewDenied(
        ILogger logger, string uid, string kind, string @namespace, string name, string reason, string decisions);

    [LoggerMessage(3, LogLevel.Warning, "refused a body that is no admission review: {Problem}")]
    public static partial void ReviewMalformed(ILogger logger, string problem);

    [LoggerMessage(4, LogLevel.Error, "review {Uid} could not be answered and was denied")]
    public static partial void ReviewFailed(ILogger logger, Exception fault, string uid);

    [LoggerMessage(5, LogLevel.Error, "decision {Decision} about {Image} ended in an error")]
    public static partial void ImageFailed(ILogger logger, Exception fault, string decision, string image);

    [LoggerMessage(6, LogLevel.Warning, "refused a caller: {Problem}")]
    public static partial void CallerRefused(ILogger logger, string problem);

    [LoggerMessage(7, LogLevel.Error, "the server certificate could not be read again; the last one stays in use")]
    public static partial void CertificateUnreadable(ILogger logger, Exception fault);

    [LoggerMessage(8, LogLevel.Information, "a new server certificate is in use, valid until {Until:u}")]
    public static partial void CertificateReplaced(ILogger logger, DateTime until);
}
