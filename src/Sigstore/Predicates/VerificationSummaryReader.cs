// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Reads verification summaries from JSON (slsa.dev/verification_summary/v1).</summary>
internal static class VerificationSummaryReader
{
    public static bool TryRead(
        VerifiedStatement statement, [NotNullWhen(true)] out VerificationSummary? summary,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        summary = null;
        problem = ProblemOf(statement);
        if (problem is not null)
            return false;

        try
        {
            summary = Read(statement.Predicate);
            return true;
        }
        catch (UnreadableException unreadable)
        {
            problem = new SignatureProblem(unreadable.Reason, $"the verification summary {unreadable.Message}");
            return false;
        }
    }

    private static SignatureProblem? ProblemOf(VerifiedStatement statement) =>
        !string.Equals(statement.PredicateType, PredicateTypes.VerificationSummary, StringComparison.Ordinal)
            ? new SignatureProblem(ReasonCode.PayloadType, "the statement is no verification summary")
            {
                Expected = PredicateTypes.VerificationSummary,
                Actual = Printable.Escape(statement.PredicateType),
            }
        : statement.PredicateContent.Length > Limits.SummaryBytes ? SignatureProblem.Limit(
            $"a summary has at most {Limits.SummaryBytes} bytes, found {statement.PredicateContent.Length}")
        : null;

    private static VerificationSummary Read(JsonElement predicate)
    {
        Require(predicate.ValueKind == JsonValueKind.Object, "is not an object");
        var verifier = Member(predicate, "verifier", JsonValueKind.Object);
        var policy = Member(predicate, "policy", JsonValueKind.Object);
        var result = Text(predicate, "verificationResult") switch
        {
            "PASSED" => VerificationResult.Passed,
            "FAILED" => VerificationResult.Failed,
            var other => throw new UnreadableException(
                $"has the unknown verificationResult '{Printable.Escape(other)}'"),
        };
        var levels = Elements(predicate, "verifiedLevels", required: true)
            .Select(level => TextOf(level, "verifiedLevels")).ToList();
        var saysFailed = levels.Contains(VerificationSummary.FailedLevel, StringComparer.Ordinal);
        Require(
            result == VerificationResult.Passed ? !saysFailed : saysFailed && levels.Count == 1,
            "has verifiedLevels that contradict its verificationResult");

        return new VerificationSummary
        {
            VerifierId = Text(verifier, "id"),
            VerifierVersion = Texts(verifier, "version"),
            TimeVerified = Time(predicate, "timeVerified"),
            ResourceUri = Text(predicate, "resourceUri"),
            PolicyUri = Text(policy, "uri"),
            PolicyDigest = policy.TryGetProperty("digest", out _) ? ReadDigest(policy, "policy.digest") : null,
            InputAttestations = Elements(predicate, "inputAttestations", required: false).Select(ReadInput).ToList(),
            Result = result,
            VerifiedLevels = levels,
            DependencyLevels = ReadDependencyLevels(predicate),
            SlsaVersion = OptionalText(predicate, "slsaVersion"),
            Extensions = ReadExtensions(predicate),
        };
    }

    private static InputAttestation ReadInput(JsonElement input)
    {
        Require(input.ValueKind == JsonValueKind.Object, "has an inputAttestations entry that is not an object");
        return new InputAttestation(OptionalText(input, "uri"), ReadDigest(input, "inputAttestations.digest"));
    }

    private static Digest ReadDigest(JsonElement parent, string where)
    {
        var digests = Member(parent, "digest", JsonValueKind.Object);
        return Digest.TryParse($"sha256:{OptionalText(digests, "sha256")}", out var digest, out var problem)
            ? digest
            : throw new UnreadableException($"has no sha256 in {where}: {problem}");
    }

    private static Dictionary<string, long>? ReadDependencyLevels(JsonElement predicate)
    {
        if (!TryGet(predicate, "dependencyLevels", out var levels))
            return null;

        Require(levels.ValueKind == JsonValueKind.Object, "has dependencyLevels that are not an object");
        var read = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var level in levels.EnumerateObject())
        {
            CheckCount(read.Count, "dependencyLevels");
            // A 64-bit number is text in protobuf's JSON form.
            var count = level.Value.ValueKind switch
            {
                JsonValueKind.Number when level.Value.TryGetInt64(out var number) => number,
                JsonValueKind.String when long.TryParse(
                    level.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
                _ => -1,
            };
            Require(count >= 0, "has a dependencyLevels count that is no number");
            read.Add(level.Name, count);
        }

        return read;
    }

    private static Dictionary<string, string> ReadExtensions(JsonElement predicate)
    {
        var extensions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in predicate.EnumerateObject())
        {
            if (VerificationSummary.IsExtension(member.Name) && member.Value.ValueKind == JsonValueKind.String)
            {
                CheckCount(extensions.Count, "extensions");
                extensions.Add(member.Name, member.Value.GetString()!);
            }
        }

        return extensions;
    }

    private static List<JsonElement> Elements(JsonElement parent, string name, bool required)
    {
        if (!TryGet(parent, name, out var array) && !required)
            return [];

        Require(array.ValueKind == JsonValueKind.Array, $"has {name} that are not an array");
        CheckCount(array.GetArrayLength() - 1, name);
        return [.. array.EnumerateArray()];
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        TryGet(parent, name, out var member) && member.ValueKind == kind
            ? member
            : throw new UnreadableException($"has no {name}, or one of the wrong type");

    private static string Text(JsonElement parent, string name) => Required(OptionalText(parent, name), name);

    private static string TextOf(JsonElement value, string name) =>
        Required(value.ValueKind == JsonValueKind.String ? value.GetString() : null, name);

    private static string? OptionalText(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out var member))
            return null;

        Require(member.ValueKind == JsonValueKind.String, $"has a {name} that is not text");
        return member.GetString();
    }

    private static Dictionary<string, string> Texts(JsonElement parent, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!TryGet(parent, name, out var member))
            return texts;

        Require(member.ValueKind == JsonValueKind.Object, $"has a {name} that is not an object");
        foreach (var text in member.EnumerateObject())
        {
            CheckCount(texts.Count, name);
            texts.Add(text.Name, TextOf(text.Value, name));
        }

        return texts;
    }

    private static DateTimeOffset? Time(JsonElement parent, string name)
    {
        var text = OptionalText(parent, name);
        if (text is null)
            return null;

        return Rfc3339.TryParse(text, out var time)
            ? time
            : throw new UnreadableException($"has a {name} that is not an RFC 3339 time");
    }

    private static bool TryGet(JsonElement parent, string name, out JsonElement member) =>
        parent.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;

    private static string Required(string? text, string name) =>
        string.IsNullOrEmpty(text) ? throw new UnreadableException($"has no {name}, or one that is not text") : text;

    private static void Require(bool condition, string problem)
    {
        if (!condition)
            throw new UnreadableException(problem);
    }

    private static void CheckCount(int count, string name)
    {
        if (count >= Limits.SummaryEntries)
        {
            throw new UnreadableException($"has more than {Limits.SummaryEntries} {name}")
            {
                Reason = ReasonCode.EvidenceLimit,
            };
        }
    }

    // Never leaves this file: a refusal from the depth of a document, turned into a value at its edge.
    private sealed class UnreadableException(string message) : Exception(message)
    {
        public ReasonCode Reason { get; init; } = ReasonCode.SignatureMalformed;
    }
}
