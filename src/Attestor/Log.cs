// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;

namespace SupplyChain.Attestor;

/// <summary>What operators read. Ids and reason codes only; never a report, a token or a payload.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Request {Request} continues an interrupted one; {Signatures} signatures are on record.")]
    public static partial void Resumed(ILogger logger, string request, int signatures);

    [LoggerMessage(1002, LogLevel.Warning, "Request {Request} could not be finished: {Reason}. What is on record will be taken up by the same request.")]
    public static partial void Interrupted(ILogger logger, string request, string reason, Exception fault);

    [LoggerMessage(1003, LogLevel.Error, "Request {Request} ended unexpectedly. What is on record will be taken up by the same request.")]
    public static partial void Unfinished(ILogger logger, string request, Exception fault);

    [LoggerMessage(1004, LogLevel.Information, "Request {Request} of an earlier process was finished: {Artifacts} artifacts are stored.")]
    public static partial void Reconciled(ILogger logger, string request, int artifacts);

    [LoggerMessage(1005, LogLevel.Warning, "Request {Request} of an earlier process is open with {Signatures} signatures and no approval; it waits for the same request.")]
    public static partial void LeftOpen(ILogger logger, string request, int signatures);

    [LoggerMessage(1006, LogLevel.Warning, "Request {Request} of an earlier process could not be finished: {Reason}.")]
    public static partial void NotReconciled(ILogger logger, string request, string reason, Exception? fault);

    [LoggerMessage(1007, LogLevel.Error, "Requests of earlier processes could not be looked for; they will be in a minute.")]
    public static partial void ReconciliationFailed(ILogger logger, Exception fault);

    [LoggerMessage(1008, LogLevel.Information, "Request {Request} was given up by its caller. What is on record will be taken up by the same request.")]
    public static partial void Aborted(ILogger logger, string request);

    [LoggerMessage(1009, LogLevel.Warning, "Image {Image} was signed and no longer passes {Policy}: {Reason}. Newer evidence was posted; see decision {Decision}.")]
    public static partial void Lapsed(ILogger logger, string image, string policy, string reason, string decision);
}
