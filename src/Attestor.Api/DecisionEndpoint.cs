// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// <c>GET /v1/decisions/{id}</c>: the record of a decision, for those whom it concerns. Somebody else's looks like none.
/// </summary>
internal sealed class DecisionEndpoint(VisibleDecisions decisions, RequesterAuthentication requesters)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await requesters.AuthenticateAsync(context) is not { } requester)
            return;

        var id = (string)context.Request.RouteValues["id"]!;
        var recorded = Guid.TryParseExact(id, "D", out _) ? await decisions.FindAsync(requester, id, context.RequestAborted) : null;
        if (recorded is null)
            await Problems.For(ReasonCode.NotFound).ExecuteAsync(context);
        else
            await context.Response.WriteDecisionAsync(StatusCodes.Status200OK, recorded.Json);
    }
}
