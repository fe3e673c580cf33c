// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier.Webhook;

/// <summary>Answers that are no decisions, as RFC 9457 problems with a reason of the closed list.</summary>
internal static class Problems
{
    public static Task WriteAsync(HttpContext context, int status, ReasonCode reason, string detail) =>
        JsonBody.WriteAsync(context, status, "application/problem+json", (status, reason, detail), Write);

    private static void Write(Utf8JsonWriter json, (int Status, ReasonCode Reason, string Detail) problem)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "urn:supplychain:problem:" + problem.Reason.Name);
        json.WriteString("title"u8, problem.Reason.Meaning);
        json.WriteNumber("status"u8, problem.Status);
        json.WriteString("detail"u8, problem.Detail);
        json.WriteString("reason"u8, problem.Reason.Name);
        json.WriteString("remedy"u8, problem.Reason.Remedy);
        json.WriteEndObject();
    }
}
