// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>
/// What the service answered. Nothing it answers may tell of its inside, which is looked at here, once for all.
/// </summary>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private static readonly string[] Internals =
    [
        "   at ", "Exception", "System.", "Microsoft.", "SupplyChain.", "canary",
        Path.GetTempPath(), AppContext.BaseDirectory,
    ];

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Reason => Json["reason"]?.GetValue<string>();

    public string Detail => Json["detail"]!.GetValue<string>();

    public Decision Decision => Decision.FromJson(
        Json["decision"] is { } carried ? Encoding.UTF8.GetBytes(carried.ToJsonString()) : Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, Service service)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync()).Checked(
            service);
    }

    /// <summary>Makes sure that neither a header nor the body tells what is nobody's business.</summary>
    public Answer Checked(Service service)
    {
        var all = string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}")) + "\n" + Text;
        foreach (var secret in (string[])[.. Internals, service.Folder.Path])
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        Assert.False(Headers.ContainsKey("Server"));
        return this;
    }

    /// <summary>Makes sure that this is a whole problem document (RFC 9457) of that kind.</summary>
    public Answer AssertProblem(
        string because, int status, string type, string reason, string detail = "", bool carriesDecision = false)
    {
        Assert.True(status == Status, $"{because}: {Status} {Text}");
        Assert.Equal("application/problem+json", Header("Content-Type"));
        Assert.Equal("no-store", Header("Cache-Control"));
        Assert.Equal(Body.Length.ToString(CultureInfo.InvariantCulture), Header("Content-Length"));
        string[] members = ["type", "title", "status", "detail", "reason", "remedy"];
        Assert.Equal(
            carriesDecision ? [.. members, "decision"] : members, Json.AsObject().Select(member => member.Key));
        Assert.True(
            reason == Reason && Detail.Contains(detail, StringComparison.Ordinal), $"{because}: {Reason} {Detail}");
        Assert.Equal(($"urn:supplychain:problem:{type}", status), (
            Json["type"]!.GetValue<string>(), Json["status"]!.GetValue<int>()));
        Assert.True(
            Json["title"]!.GetValue<string>().Length > 0 && Json["remedy"]!.GetValue<string>().Length > 0, because);
        Assert.Equal(status == 401 ? "Bearer" : null, Header("WWW-Authenticate"));
        Assert.Null(Header("Location"));
        return this;
    }

    /// <summary>Makes sure that the answer says when to ask again, in whole seconds.</summary>
    public int AssertRetryAfter()
    {
        var text = Header("Retry-After");
        Assert.True(
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds),
            text ?? "no Retry-After");
        Assert.InRange(seconds, 1, 3600);
        return seconds;
    }

    /// <summary>Makes sure that this is a decision and nothing else.</summary>
    public Answer AssertDecision(int status, Outcome outcome)
    {
        Assert.True(status == Status, $"{Status} {Text}");
        Assert.Equal("application/json", Header("Content-Type"));
        Assert.Equal("no-store", Header("Cache-Control"));
        Assert.Null(Header("Retry-After"));
        Assert.Equal(outcome, Decision.Outcome);
        return this;
    }
}
