// SPDX-License-Identifier: Apache-2.0

using System.Net.Mime;
using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary><c>POST /v1/attestations</c>: asks for an image to be signed.</summary>
internal sealed class AttestationEndpoint(SigningCycle cycle, RequesterAuthentication requesters)
{
    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        // 1. Who asks: before a single byte of the body is read.
        var who = await requesters.AuthenticateAsync(context.Request.Headers.Authorization, stop);
        if (who is not AuthenticationResult.Authenticated { Requester: var requester })
        {
            await Problems.For(((AuthenticationResult.Refused)who).Reason).ExecuteAsync(context);
            return;
        }

        if (!TryReadHeaders(context.Request, out var checkOnly, out var idempotencyKey, out var problem))
        {
            await Problems.For(ReasonCode.BadRequest, problem).ExecuteAsync(context);
            return;
        }

        using var spool = new Spool();
        var (body, refused) = await RequestBody.ReadAsync(context.Request, spool, stop);
        if (body is null)
        {
            await Problems.For(refused!.Reason, refused.Message).ExecuteAsync(context);
            return;
        }

        var answer = await cycle.AttestAsync(
            new AttestationRequest
            {
                Requester = requester,
                Image = body.Image,
                Policy = body.Policy,
                Reports = body.Reports,
                IdempotencyKey = idempotencyKey,
                CheckOnly = checkOnly,
            },
            stop);
        await WriteAsync(context, answer);
    }

    private static async Task WriteAsync(HttpContext context, AttestationAnswer answer)
    {
        switch (answer)
        {
            case AttestationAnswer.Decided { Decision: { IsPositive: true } decision } decided:
                context.Response.StatusCode = decided.IsRecorded ? StatusCodes.Status201Created : StatusCodes.Status200OK;
                if (decided.IsRecorded)
                    context.Response.Headers.Location = $"/v1/decisions/{decision.Id}";
                context.Response.ContentType = MediaTypeNames.Application.Json;
                await context.Response.Body.WriteAsync(decision.ToJson(), context.RequestAborted);
                break;

            case AttestationAnswer.Decided { Decision: var decision }:
                await ProblemOf(decision).ExecuteAsync(context);
                break;

            case AttestationAnswer.Rejected no:
                await Problems.For(no.Reason, no.Message, no.RetryAfter).ExecuteAsync(context);
                break;

            case AttestationAnswer.Interrupted broken:
                await Problems.For(broken.Reason, broken.Message, broken.RetryAfter).ExecuteAsync(context);
                break;

            default:
                throw new InvalidOperationException($"An answer is {answer.GetType().Name}.");
        }
    }

    // The reason of the worst check stands for the whole; the decision tells the rest.
    private static Problem ProblemOf(Decision decision)
    {
        var worst = decision.Checks.OrderByDescending(check => check.Verdict).First();
        return Problems.For(worst.Reason ?? ReasonCode.NoChecks, worst.Message, decision: decision.ToJson());
    }

    private static bool TryReadHeaders(HttpRequest request, out bool checkOnly, out string? idempotencyKey, out string problem)
    {
        checkOnly = false;
        idempotencyKey = null;
        problem = "";
        var mode = request.Query["mode"];
        if (mode.Count > 0)
        {
            checkOnly = mode is ["check"];
            if (!checkOnly)
            {
                problem = $"mode is '{Printable.Escape(mode.ToString())}'; expected check, or no mode at all";
                return false;
            }
        }

        var key = request.Headers["Idempotency-Key"];
        if (key.Count == 0)
            return true;

        idempotencyKey = key.Count == 1 ? key[0] : null;
        if (idempotencyKey is { Length: > 0 and <= Limits.IdempotencyKeyLength })
            return true;

        problem = $"Idempotency-Key has to be one text of 1 to {Limits.IdempotencyKeyLength} characters";
        return false;
    }
}
