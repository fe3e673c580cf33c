// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Hosting;

/// <summary>
/// What a client is told when a call does not do what it asked (RFC 9457). It says the reason code with its meaning and
/// remedy, and nothing internal: no exception message, path, host or stack.
/// </summary>
public sealed class Problem : IResult
{
    // People read it in a build's log, where an apostrophe has to look like one. It is never put into a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal Problem(ReasonCode reason, ProblemType type)
    {
        Reason = reason;
        Type = type;
    }

    /// <summary>The reason.</summary>
    public ReasonCode Reason { get; }

    /// <summary>The kind of problem: its HTTP status and stable name.</summary>
    public ProblemType Type { get; }

    /// <summary>A sentence on this occurrence, meant for the client; default the code's meaning.</summary>
    public string? Detail { get; init; }

    /// <summary>What to do about this occurrence; default the code's remedy.</summary>
    public string? Remedy { get; init; }

    /// <summary>When to try again, where that may help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The decision behind a refusal, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Decision { get; init; }

    /// <summary>Writes the problem as the response.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = Type.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (Type.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Seconds(wait).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = ToJson();
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>The problem document.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", Type.Uri);
            json.WriteString("title", Type.Title);
            json.WriteNumber("status", Type.Status);
            json.WriteString("detail", Detail ?? Reason.Meaning);
            json.WriteString("reason", Reason.Name);
            json.WriteString("remedy", Remedy ?? Reason.Remedy);
            if (!Decision.IsEmpty)
            {
                json.WritePropertyName("decision");
                json.WriteRawValue(Decision.Span);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // Whole seconds, rounded up: a client that waits that long is not early.
    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}

/// <summary>A kind of problem.</summary>
/// <param name="Name">Its stable name, such as <c>policy-refused</c>.</param>
/// <param name="Status">The HTTP status it is answered with.</param>
/// <param name="Title">What it is, in a few words that never change.</param>
public sealed record ProblemType(string Name, int Status, string Title)
{
    /// <summary>The <c>type</c> member of the document.</summary>
    public string Uri => "urn:supplychain:problem:" + Name;
}
