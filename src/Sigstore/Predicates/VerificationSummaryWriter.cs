// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Writes verification summaries as JSON (slsa.dev/verification_summary/v1).</summary>
internal static class VerificationSummaryWriter
{
    public static void Write(Utf8JsonWriter writer, VerificationSummary summary)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("verifier"u8);
        writer.WriteString("id"u8, summary.VerifierId);
        if (summary.VerifierVersion.Count > 0)
            WriteTexts(writer, "version"u8, summary.VerifierVersion);
        writer.WriteEndObject();
        if (summary.TimeVerified is { } time)
            writer.WriteString("timeVerified"u8, Rfc3339.Write(time));
        writer.WriteString("resourceUri"u8, summary.ResourceUri);

        writer.WriteStartObject("policy"u8);
        writer.WriteString("uri"u8, summary.PolicyUri);
        if (summary.PolicyDigest is not null)
            WriteDigest(writer, summary.PolicyDigest);
        writer.WriteEndObject();

        writer.WriteStartArray("inputAttestations"u8);
        foreach (var input in summary.InputAttestations)
        {
            writer.WriteStartObject();
            if (input.Uri is not null)
                writer.WriteString("uri"u8, input.Uri);
            WriteDigest(writer, input.Digest);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteResult(writer, summary);
        WriteDependencyLevels(writer, summary.DependencyLevels);
        if (summary.SlsaVersion is not null)
            writer.WriteString("slsaVersion"u8, summary.SlsaVersion);

        foreach (var (name, value) in summary.Extensions)
        {
            if (!VerificationSummary.IsExtension(name))
                throw new ArgumentException($"'{name}' is no URI; extensions are named by URIs.", nameof(summary));
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, VerificationSummary summary)
    {
        var passed = summary.Result == VerificationResult.Passed;
        var levels = !passed && summary.VerifiedLevels.Count == 0 ? [VerificationSummary.FailedLevel] : summary.VerifiedLevels;
        if (passed ? levels.Contains(VerificationSummary.FailedLevel, StringComparer.Ordinal) : levels is not [VerificationSummary.FailedLevel])
            throw new ArgumentException("The verified levels contradict the result.", nameof(summary));

        writer.WriteString("verificationResult"u8, passed ? "PASSED"u8 : "FAILED"u8);
        writer.WriteStartArray("verifiedLevels"u8);
        foreach (var level in levels)
            writer.WriteStringValue(level);
        writer.WriteEndArray();
    }

    private static void WriteDependencyLevels(Utf8JsonWriter writer, IReadOnlyDictionary<string, long>? levels)
    {
        if (levels is null)
            return;

        writer.WriteStartObject("dependencyLevels"u8);
        foreach (var (level, count) in levels)
            writer.WriteNumber(level, count);
        writer.WriteEndObject();
    }

    private static void WriteTexts(
        Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string> texts)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in texts)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void WriteDigest(Utf8JsonWriter writer, Digest digest)
    {
        if (!digest.IsSha256)
            throw new ArgumentException($"{digest} is no SHA-256.", nameof(digest));

        writer.WriteStartObject("digest"u8);
        writer.WriteString("sha256"u8, digest.Hex);
        writer.WriteEndObject();
    }
}
