// SPDX-License-Identifier: Apache-2.0

using System.Net.Mime;
using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Api;

/// <summary>What both endpoints begin and end with.</summary>
internal static class Answers
{
    /// <summary>Tells who asks; null when that is not known, and then the answer is written already.</summary>
    public static async ValueTask<Requester?> AuthenticateAsync(
        this RequesterAuthentication requesters, HttpContext context)
    {
        // Of two headers neither counts.
        var authorization = context.Request.Headers.Authorization is [var one] ? one : null;
        var who = await requesters.AuthenticateAsync(authorization, context.RequestAborted);
        if (who is AuthenticationResult.Authenticated { Requester: var requester })
            return requester;

        await Problems.For(((AuthenticationResult.Refused)who).Reason).ExecuteAsync(context);
        return null;
    }

    /// <summary>Writes a decision as the response: these bytes, and for nobody else's eyes.</summary>
    public static async Task WriteDecisionAsync(this HttpResponse response, int status, ReadOnlyMemory<byte> decision)
    {
        response.StatusCode = status;
        response.ContentType = MediaTypeNames.Application.Json;
        response.ContentLength = decision.Length;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(decision, response.HttpContext.RequestAborted);
    }
}
