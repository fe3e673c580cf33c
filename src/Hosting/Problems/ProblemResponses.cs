// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Hosting;

/// <summary>Makes every failed response of a service a problem document.</summary>
public static partial class ProblemResponses
{
    /// <summary>
    /// Answers faults and empty error responses of everything behind it with problems. Faults are logged here, once.
    /// </summary>
    /// <param name="app">The service.</param>
    /// <param name="reasonOf">
    /// The reason code that a component's fault carries; null for faults it does not know.
    /// </param>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app, Func<Exception, ReasonCode?> reasonOf)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(reasonOf);
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(
            "SupplyChain.Hosting.Problems");
        return app.Use(next => context => HandleAsync(context, next, reasonOf, logger));
    }

    private static async Task HandleAsync(
        HttpContext context, RequestDelegate next, Func<Exception, ReasonCode?> reasonOf, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (Exception gone) when (IsOfClientGone(gone, context))
        {
            ClientGone(logger, gone.GetType().Name);
            // Or the server would go on to drain what never comes, and call that an error.
            context.Abort();
            return;
        }
        catch (BadHttpRequestException unread) when (!context.Response.HasStarted)
        {
            Unread(logger, unread.StatusCode);
            await ProblemOf(unread, context).ExecuteAsync(context);
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var reason = reasonOf(fault) ?? ReasonCode.Internal;
            Faulted(logger, fault, reason);
            context.Response.Clear();
            await Problems.For(reason).ExecuteAsync(context);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            await Problems.ForStatus(context.Response.StatusCode, context.Response.Headers.Allow.ToString()).ExecuteAsync(context);
        }
    }

    private static bool IsOfClientGone(Exception fault, HttpContext context) =>
        fault is ConnectionResetException
        || (fault is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    private static Problem ProblemOf(BadHttpRequestException unread, HttpContext context)
    {
        if (unread.StatusCode != StatusCodes.Status413PayloadTooLarge)
            return Problems.For(
                ReasonCode.BadRequest, "The request's body is not what its headers say, or ends early.");

        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        return Problems.For(ReasonCode.RequestLimit, $"The request's body has more than {limit} bytes.");
    }

    [LoggerMessage(1301, LogLevel.Error, "A request failed: {Reason}")]
    private static partial void Faulted(ILogger logger, Exception fault, ReasonCode reason);

    [LoggerMessage(1302, LogLevel.Debug, "A client went away ({Fault})")]
    private static partial void ClientGone(ILogger logger, string fault);

    [LoggerMessage(1303, LogLevel.Information, "A request's body could not be read ({Status})")]
    private static partial void Unread(ILogger logger, int status);
}
