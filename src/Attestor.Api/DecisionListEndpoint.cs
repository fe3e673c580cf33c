// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// <c>GET /v1/decisions?image=&amp;outcome=&amp;since=</c>: the newest decisions that match, newest first, of those that concern the
/// caller.
/// </summary>
internal sealed class DecisionListEndpoint(VisibleDecisions decisions, RequesterAuthentication requesters, TimeProvider clock)
{
    private static readonly string[] Known = ["image", "outcome", "since"];

    public async Task HandleAsync(HttpContext context)
    {
        if (await requesters.AuthenticateAsync(context) is not { } requester)
            return;

        var (query, problem) = Read(context.Request.Query, clock.GetUtcNow());
        if (query is null)
        {
            await Problems.For(ReasonCode.BadRequest, problem).ExecuteAsync(context);
            return;
        }

        var found = await decisions.FindAsync(requester, query, context.RequestAborted);
        await context.Response.WriteDecisionAsync(StatusCodes.Status200OK, Write(found));
    }

    private static (DecisionQuery? Query, string? Problem) Read(IQueryCollection query, DateTimeOffset now)
    {
        if (query.Keys.FirstOrDefault(name => !Known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            return (null, $"the query parameter '{Printable.Escape(unknown)}' is unknown; expected image, outcome or since");
        if (query.FirstOrDefault(member => member.Value.Count != 1) is { Key: { } twice })
            return (null, $"the query parameter '{twice}' is there twice");

        Digest? image = null;
        if (query["image"] is [{ } named] && (image = DigestOf(named)) is null)
            return (null, $"image has to be a digest, or an image with one; found '{Printable.Escape(named)}'");
        Outcome? outcome = null;
        if (query["outcome"] is [{ } word] && (outcome = OutcomeOf(word)) is null)
            return (null, $"outcome is approved, refused or error; found '{Printable.Escape(word)}'");
        DateTimeOffset? since = null;
        if (query["since"] is [{ } time] && (since = TimeOf(time)) is null)
            return (null, $"since has to be a time such as {now:yyyy-MM-dd'T'HH:mm:ss'Z'}; found '{Printable.Escape(time)}'");

        return (new DecisionQuery { Image = image, Outcome = outcome, Since = since }, null);
    }

    private static Digest? DigestOf(string text) => Digest.TryParse(text, out var digest, out _)
        ? digest
        : ImageReference.TryParse(text, out var image, out _) ? image.Digest : null;

    private static Outcome? OutcomeOf(string word) => word switch
    {
        "approved" => Outcome.Approved,
        "refused" => Outcome.Refused,
        "error" => Outcome.Error,
        _ => null,
    };

    private static DateTimeOffset? TimeOf(string text) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    private static byte[] Write(IEnumerable<RecordedDecision> decisions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("decisions");
            foreach (var recorded in decisions)
            {
                json.WriteStartObject();
                json.WriteString("kind", recorded.Kind.ToWord());
                json.WritePropertyName("decision");
                json.WriteRawValue(recorded.Json.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
