// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Attest;

/// <summary>Reads what an attestor answers. Whatever is not understood is no decision.</summary>
internal static class AnswerReader
{
    public static async Task<AttestAnswer> ReadAsync(
        HttpResponseMessage response, AttestRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if ((int)status is >= 300 and < 400)
        {
            return new AttestAnswer.Failed(
                ExitCodes.BadInput,
                $"the attestor answered {(int)status}: redirects are not followed, name its own address");
        }

        var body = await ReadBodyAsync(response, cancellationToken);
        if (status is HttpStatusCode.OK or HttpStatusCode.Created)
            return Judge(body.Span, request, mustBePositive: status == HttpStatusCode.Created);

        var problem = Problem.Read(body, status);
        if (status == HttpStatusCode.UnprocessableEntity && problem.Decision is { } decision)
            return Judge(decision, request, mustBePositive: false);

        var after = RetryAfter(response, clock);
        return status switch
        {
            // Waiting does not help: somebody has to put something right first.
            HttpStatusCode.ServiceUnavailable when after is null && problem.Reason is { IsRetryable: false } =>
                new AttestAnswer.Failed(ExitCodes.Unreachable, problem.Advice),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                or HttpStatusCode.GatewayTimeout => new AttestAnswer.Later(problem.Message, after),
            HttpStatusCode.Conflict when after is not null => new AttestAnswer.Later(problem.Message, after),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.Forbidden =>
                new AttestAnswer.Failed(ExitCodes.Refused, problem.Advice),
            >= HttpStatusCode.InternalServerError => new AttestAnswer.Failed(ExitCodes.Unreachable, problem.Message),
            >= HttpStatusCode.BadRequest => new AttestAnswer.Failed(ExitCodes.BadInput, problem.Advice),
            _ => new AttestAnswer.Failed(ExitCodes.Unreachable, problem.Message),
        };
    }

    private static AttestAnswer Judge(ReadOnlySpan<byte> json, AttestRequest request, bool mustBePositive)
    {
        Decision decision;
        try
        {
            decision = Decision.FromJson(json);
        }
        catch (JsonException malformed)
        {
            return new AttestAnswer.Failed(
                ExitCodes.Unreachable, $"the attestor's answer is no decision: {malformed.Message}");
        }

        // An answer that is not about this image, or contradicts itself, must not become this image's approval.
        string? objection = decision switch
        {
            { Kind: not DecisionKind.Signing } => "is not about signing",
            _ when !IsAbout(request.Image, decision.Subject) => $"is about another image, {decision.Subject}",
            _ when decision.Outcome != Decision.OutcomeOf(decision.Kind, decision.Checks) =>
                "contradicts its own checks",
            _ when mustBePositive && !decision.IsPositive => "says 'created' and is no approval",
            _ => null,
        };
        return objection is null
            ? new AttestAnswer.Decided(decision)
            : new AttestAnswer.Failed(ExitCodes.Unreachable, $"the attestor's answer {objection}");
    }

    private static bool IsAbout(ImageReference image, DecisionSubject subject) =>
        subject.Digest == image.Digest
        && string.Equals(subject.Name, image.Repository.ToString(), StringComparison.Ordinal);

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (bytes.Length + count > Limits.AttestorAnswerBytes)
                throw CommandFailure.Unreachable(
                    $"the attestor's answer is longer than {Limits.AttestorAnswerBytes} bytes");
            bytes.Write(buffer, 0, count);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
}
