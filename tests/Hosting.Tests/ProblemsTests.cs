// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Hosting.Tests;

public sealed class ProblemsTests
{
    // What is not here is 503 when it is retryable and 422 when it is not.
    public static TheoryData<string, int, string> Special => new()
    {
        { "BAD_REQUEST", 400, "bad-request" },
        { "BAD_REFERENCE", 400, "bad-request" },
        { "BAD_DIGEST", 400, "bad-request" },
        { "TAG_NOT_ALLOWED", 400, "bad-request" },
        { "POLICY_AMBIGUOUS", 400, "bad-request" },
        { "REPORT_SOURCE", 400, "bad-request" },
        { "REVIEW_MALFORMED", 400, "bad-request" },
        { "TOKEN_INVALID", 401, "unauthenticated" },
        { "NOT_AUTHORISED", 403, "not-authorised" },
        { "CALLER_UNTRUSTED", 403, "not-authorised" },
        { "NOT_FOUND", 404, "not-found" },
        { "IDEMPOTENCY_CONFLICT", 409, "idempotency-conflict" },
        { "REQUEST_IN_PROGRESS", 409, "in-progress" },
        { "REQUEST_LIMIT", 413, "too-large" },
        { "REVIEW_LIMIT", 413, "too-large" },
        { "RATE_LIMITED", 429, "rate-limited" },
        { "POLICY_INVALID", 503, "unavailable" },
        { "THREAT_DATA_MISSING", 503, "unavailable" },
        { "THREAT_DATA_STALE", 503, "unavailable" },
        { "INTERNAL", 500, "internal" },
    };

    [Theory, MemberData(nameof(Special))]
    public void Some_codes_have_a_status_of_their_own(string name, int status, string type)
    {
        Assert.True(ReasonCode.TryParse(name, out var code));

        Assert.Equal((status, type), (Problems.TypeOf(code).Status, Problems.TypeOf(code).Name));
    }

    [Fact]
    public void All_other_codes_are_a_refusal_or_a_dependency_that_may_come_back()
    {
        var special = Special.Select(row => row.Data.Item1).ToHashSet(StringComparer.Ordinal);
        foreach (var code in ReasonCode.All.Where(code => !special.Contains(code.Name)))
        {
            var expected = code.IsRetryable ? (503, "unavailable") : (422, "policy-refused");
            Assert.Equal(expected, (Problems.TypeOf(code).Status, Problems.TypeOf(code).Name));
        }
    }

    [Fact]
    public void A_refusal_carries_the_decision_as_it_was_recorded()
    {
        var problem = Problems.For(ReasonCode.FindingOverLimit, decision: """{"id":"0198c0de","outcome":"refused"}"""u8.ToArray());

        using var document = JsonDocument.Parse(problem.ToJson());

        Assert.Equal(
            ["type", "title", "status", "detail", "reason", "remedy", "decision"],
            document.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("urn:supplychain:problem:policy-refused", document.RootElement.GetProperty("type").GetString());
        Assert.Equal(422, document.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("FINDING_OVER_LIMIT", document.RootElement.GetProperty("reason").GetString());
        Assert.Equal("0198c0de", document.RootElement.GetProperty("decision").GetProperty("id").GetString());
    }

    [Fact]
    public void Without_a_sentence_of_its_own_a_problem_says_what_its_code_means()
    {
        using var document = JsonDocument.Parse(Problems.For(ReasonCode.BadDigest).ToJson());
        using var own = JsonDocument.Parse(Problems.For(ReasonCode.BadDigest, "The image \"x\"\u001b has no digest.").ToJson());

        Assert.Equal(ReasonCode.BadDigest.Meaning, document.RootElement.GetProperty("detail").GetString());
        Assert.Equal(ReasonCode.BadDigest.Remedy, document.RootElement.GetProperty("remedy").GetString());
        Assert.Equal("The image \"x\"\u001b has no digest.", own.RootElement.GetProperty("detail").GetString());
        Assert.False(document.RootElement.TryGetProperty("decision", out _));
    }

    [Fact]
    public void Only_what_may_help_is_to_be_tried_again()
    {
        Assert.All(ReasonCode.All, code => Assert.Equal(code.IsRetryable, Problems.For(code).RetryAfter is not null));
        Assert.Equal(TimeSpan.FromSeconds(30), Problems.For(ReasonCode.RequestInProgress, retryAfter: TimeSpan.FromSeconds(30)).RetryAfter);
    }
}
