// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Api;

/// <summary><c>POST /v1/evidence</c>: scanners post reports on images that may have been signed long ago.</summary>
internal sealed class EvidenceEndpoint(StandingEvidence evidence, DecisionLedger ledger, RequesterAuthentication requesters)
{
    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        // Who posts: before a single byte of the body is read.
        if (await requesters.AuthenticateAsync(context) is not { } poster)
            return;

        using var spool = new Spool();
        var (body, malformed) = context.Request.Query.Keys.FirstOrDefault() is { } unknown
            ? (null, Bad($"the query parameter '{Printable.Escape(unknown)}' is unknown; expected none at all"))
            : await RequestBody.ReadAsync(context.Request, spool, stop);
        malformed ??= body switch
        {
            { Policy: not null } => Bad("evidence is posted under no policy; expected image and reports alone, found policy"),
            { Documents.Count: > 0 } => Bad("evidence is posted by scanners; expected image and reports alone, found other documents"),
            { Reports.Count: 0 } => Bad("expected at least one report, found none"),
            _ => null,
        };
        if (body is null || malformed is not null)
        {
            await RejectAsync(context, poster, malformed!);
            return;
        }

        var post = new EvidencePost { Poster = poster, Image = body.Image, Reports = body.Reports };
        switch (await evidence.PostAsync(post, stop))
        {
            case EvidenceAnswer.Known known:
                await context.Response.WriteDecisionAsync(StatusCodes.Status202Accepted, Write(known));
                break;

            case EvidenceAnswer.Rejected no:
                await Problems.For(no.Reason, no.Message, no.RetryAfter, remedy: no.Remedy).ExecuteAsync(context);
                break;

            case var unknownAnswer:
                throw new InvalidOperationException($"An answer is {unknownAnswer.GetType().Name}.");
        }
    }

    private async Task RejectAsync(HttpContext context, Requester poster, Malformed malformed)
    {
        var rejection = new Rejection(malformed.Reason, malformed.Message)
        {
            Requester = new DecisionRequester(poster.Issuer, poster.Subject),
        };
        await ledger.RecordRejectionAsync(rejection, context.RequestAborted);
        await Problems.For(malformed.Reason, malformed.Message).ExecuteAsync(context);
    }

    private static byte[] Write(EvidenceAnswer.Known known)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("image", known.Image.ToString());
            json.WriteStartArray("reports");
            foreach (var report in known.Reports)
            {
                json.WriteStartObject();
                json.WriteString("digest", report.Digest.ToString());
                json.WriteString("scanner", report.Scanner);
                json.WriteString("covers", report.Covers.ToString());
                json.WriteString("platform", report.Platform);
                json.WriteBoolean("binds", report.Binds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("lapsed");
            foreach (var decision in known.Lapsed)
            {
                json.WriteStartObject();
                json.WriteString("policy", decision.Policy!.Name);
                json.WriteString("decision", decision.Id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static Malformed Bad(string message) => new(ReasonCode.BadRequest, message);
}
