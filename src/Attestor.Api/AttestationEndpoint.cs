// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary><c>POST /v1/attestations</c>: asks for an image to be signed.</summary>
internal sealed class AttestationEndpoint(SigningCycle cycle, DecisionLedger ledger, RequesterAuthentication requesters)
{
    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        // 1. Who asks: before a single byte of the body is read.
        if (await requesters.AuthenticateAsync(context) is not { } requester)
            return;

        using var spool = new Spool();
        var (head, malformed) = RequestHead.Read(context.Request);
        RequestBody? body = null;
        if (head is not null)
            (body, malformed) = await RequestBody.ReadAsync(context.Request, spool, stop);
        if (head is null || body is null)
        {
            var (reason, message) = malformed!;
            if (head is not { CheckOnly: true })
            {
                var asked = new Rejection(reason, message) { Requester = new DecisionRequester(
                    requester.Issuer, requester.Subject) };
                await ledger.RecordRejectionAsync(asked, stop);
            }

            await Problems.For(reason, message).ExecuteAsync(context);
            return;
        }

        var answer = await cycle.AttestAsync(
            new AttestationRequest
            {
                Requester = requester,
                Image = body.Image,
                Policy = body.Policy,
                Reports = body.Reports,
                Documents = body.Documents,
                IdempotencyKey = head.IdempotencyKey,
                CheckOnly = head.CheckOnly,
            },
            stop);
        await WriteAsync(context, answer);
    }

    private static async Task WriteAsync(HttpContext context, AttestationAnswer answer)
    {
        switch (answer)
        {
            case AttestationAnswer.Decided { Decision: { IsPositive: true } decision } decided:
                if (decided.IsRecorded)
                    context.Response.Headers.Location = $"/v1/decisions/{decision.Id}";
                await context.Response.WriteDecisionAsync(
                    decided.IsRecorded ? StatusCodes.Status201Created : StatusCodes.Status200OK, decision.ToJson());
                break;

            case AttestationAnswer.Decided { Decision: var decision, RetryAfter: var retryAfter }:
                await ProblemOf(decision, retryAfter).ExecuteAsync(context);
                break;

            case AttestationAnswer.Rejected no:
                await Problems.For(no.Reason, no.Message, no.RetryAfter).ExecuteAsync(context);
                break;

            case AttestationAnswer.Interrupted broken:
                await Problems.Interrupted(broken.Reason, broken.Message, broken.RetryAfter).ExecuteAsync(context);
                break;

            default:
                throw new InvalidOperationException($"An answer is {answer.GetType().Name}.");
        }
    }

    // The reason of the worst check stands for the whole; the decision tells the rest.
    private static Problem ProblemOf(Decision decision, TimeSpan? retryAfter)
    {
        var worst = decision.Checks.OrderByDescending(check => check.Verdict).First();
        return Problems.For(
            worst.Reason ?? ReasonCode.NoChecks, worst.Message, retryAfter, decision.ToJson());
    }
}
