// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Webhook;

/// <summary><c>POST /v1/admission/validate</c>: an AdmissionReview in, an AdmissionReview out.</summary>
internal sealed class ReviewEndpoint(AdmissionVerifier verifier, PolicyFeed policies, ILogger logger)
{
    private const int MostNamedDecisions = 50;

    public async Task HandleAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context.Request, Limits.AdmissionReviewBytes, context.RequestAborted) is not { } body)
        {
            var limit = $"an admission review has at most {Limits.AdmissionReviewBytes} bytes";
            await Problems.For(ReasonCode.ReviewLimit, limit).ExecuteAsync(context);
            return;
        }

        AdmissionReview? review;
        string? problem;
        using (body)
            AdmissionReview.TryRead(body.Bytes, out review, out problem);

        if (review is null)
        {
            Log.ReviewMalformed(logger, problem!);
            await Problems.For(ReasonCode.ReviewMalformed, problem).ExecuteAsync(context);
            return;
        }

        policies.Refresh();
        var answer = await verifier.ReviewAsync(review, PatienceOf(context.Request), context.RequestAborted);
        Report(review, answer);
        await JsonBody.WriteAsync(context, answer, Write);
    }

    /// <summary>Writes the answer as admission.k8s.io/v1 has it; of a denial, kubectl shows the status.</summary>
    internal static void Write(Utf8JsonWriter json, AdmissionAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, "admission.k8s.io/v1"u8);
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("uid"u8, answer.Uid);
        json.WriteBoolean("allowed"u8, answer.IsAllowed);
        if (!answer.IsAllowed)
        {
            json.WriteStartObject("status"u8);
            json.WriteNumber("code"u8, 403);
            json.WriteString("reason"u8, "Forbidden"u8);
            json.WriteString("message"u8, answer.Message);
            json.WriteEndObject();
        }

        if (answer.Warnings.Count > 0)
        {
            json.WriteStartArray("warnings"u8);
            foreach (var warning in answer.Warnings)
                json.WriteStringValue(warning);
            json.WriteEndArray();
        }

        WriteAnnotations(json, answer);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The API server puts them into its audit log, each behind the webhook's name.
    private static void WriteAnnotations(Utf8JsonWriter json, AdmissionAnswer answer)
    {
        json.WriteStartObject("auditAnnotations"u8);
        if (answer.Reason is { } reason)
            json.WriteString("reason"u8, reason.Name);
        if (answer.Images.Count > 0)
        {
            json.WriteString("decision"u8, DecisionsOf(answer));
            if (answer.Images[0].Verdict.Decision.Policy is { } policy)
                json.WriteString("policy"u8, $"{policy.Name}@{policy.Revision}");
        }

        json.WriteEndObject();
    }

    private static string DecisionsOf(AdmissionAnswer answer) => answer.Images.Count == 1
        ? answer.Images[0].Verdict.Decision.Id
        : string.Join(',', answer.Images.Take(MostNamedDecisions).Select(image => image.Verdict.Decision.Id))
            + (answer.Images.Count > MostNamedDecisions ? ",…" : "");

    private void Report(AdmissionReview review, AdmissionAnswer answer)
    {
        if (answer.Fault is { } fault)
            Log.ReviewFailed(logger, fault, Printable.Escape(review.Uid));
        foreach (var image in answer.Images)
        {
            if (image.Verdict.Fault is { } cause)
                Log.ImageFailed(logger, cause, image.Verdict.Decision.Id, image.Verdict.Decision.Subject.ToString());
        }

        if (!answer.IsAllowed && logger.IsEnabled(LogLevel.Information))
            Log.ReviewDenied(
                logger, Printable.Escape(review.Uid), review.Kind.Kind, Printable.Escape(review.Namespace),
                Printable.Escape(review.Name), answer.Reason!.Name, DecisionsOf(answer));
        else if (answer.IsAllowed && logger.IsEnabled(LogLevel.Debug))
            Log.ReviewAllowed(logger, Printable.Escape(review.Uid), review.Kind.Kind, DecisionsOf(answer));
    }

    // The API server appends ?timeout=7s, in whole seconds up to 30, to the webhook's path. Anything else says nothing.
    private static TimeSpan? PatienceOf(HttpRequest request)
    {
        const string Prefix = "?timeout=";
        var query = request.QueryString.Value;
        return query is not null && query.StartsWith(Prefix, StringComparison.Ordinal) && query[^1] == 's'
            && int.TryParse(query.AsSpan(Prefix.Length..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 30
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}
