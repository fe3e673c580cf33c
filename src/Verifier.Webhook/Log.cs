// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Verifier.Webhook;

/// <summary>What the webhook logs: ids, names and reason codes; never the body of a request.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Debug, "Allowed {Kind}, review {Uid}, decisions {Decisions}")]
    public static partial void ReviewAllowed(ILogger logger, string uid, string kind, string decisions);

    [LoggerMessage(
        2002, LogLevel.Information, "Denied {Kind} {Namespace}/{Name}, review {Uid}: {Reason}, decisions {Decisions}")]
    public static partial void ReviewDenied(
        ILogger logger, string uid, string kind, string @namespace, string name, string reason, string decisions);

    [LoggerMessage(2003, LogLevel.Warning, "Refused a body that is no admission review: {Problem}")]
    public static partial void ReviewMalformed(ILogger logger, string problem);

    [LoggerMessage(2004, LogLevel.Error, "Review {Uid} could not be answered and was denied")]
    public static partial void ReviewFailed(ILogger logger, Exception fault, string uid);

    [LoggerMessage(2005, LogLevel.Error, "Decision {Decision} about {Image} ended in an error")]
    public static partial void ImageFailed(ILogger logger, Exception fault, string decision, string image);

    [LoggerMessage(2006, LogLevel.Warning, "Refused a caller: {Problem}")]
    public static partial void CallerRefused(ILogger logger, string problem);

    [LoggerMessage(
        2007, LogLevel.Error, "The policies in force cannot be used for admission, the earlier ones stay: {Problem}")]
    public static partial void PoliciesUnusable(ILogger logger, string problem);
}
