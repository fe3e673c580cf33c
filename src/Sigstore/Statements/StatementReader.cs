// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads in-toto statements. The rules are those of in-toto's Statement v1; v0.1 differs only in its type.
/// </summary>
internal static class StatementReader
{
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Statement? statement,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        statement = null;
        if (!StrictScan.TryCheck(utf8, out var malformed))
        {
            problem = Malformed($"is malformed: {malformed}");
            return false;
        }

        string? type = null;
        string? predicateType = null;
        List<StatementSubject>? subjects = null;
        var predicate = ReadOnlyMemory<byte>.Empty;
        var reader = new Utf8JsonReader(utf8.Span);
        problem = reader.BeginObject() ? null : Malformed("is not an object");
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("_type"u8))
                problem = reader.TryReadText(out type) ? null : Malformed("has a _type that is not text");
            else if (reader.ValueTextEquals("subject"u8))
                problem = ReadSubjects(ref reader, subjects = []);
            else if (reader.ValueTextEquals("predicateType"u8))
                problem = reader.TryReadText(out predicateType)
                    ? null
                    : Malformed("has a predicateType that is not text");
            else if (reader.ValueTextEquals("predicate"u8))
                predicate = reader.ReadRaw(utf8);
            else
                reader.SkipValue();
        }

        problem ??= ProblemOfType(type)
            ?? (string.IsNullOrEmpty(predicateType) ? Malformed("has no predicateType")
            : subjects is not { Count: > 0 } ? Malformed("has no subject")
            : null);
        if (problem is not null)
            return false;

        statement = new Statement(subjects!, predicateType!, predicate);
        return true;
    }

    private static SignatureProblem? ProblemOfType(string? type) => type switch
    {
        Statement.TypeV1 or Statement.TypeV01 => null,
        null => Malformed("has no _type"),
        _ => new SignatureProblem(
            ReasonCode.PayloadType, "the signed content is not an in-toto statement of a known version")
        {
            Expected = Statement.TypeV1,
            Actual = Printable.Escape(type),
        },
    };

    private static SignatureProblem? ReadSubjects(ref Utf8JsonReader reader, List<StatementSubject> subjects)
    {
        if (!reader.BeginArray())
            return Malformed("has a subject that is not an array");

        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Malformed("has a subject that is not an object");
            if (subjects.Count == Limits.StatementSubjects)
                return SignatureProblem.Limit($"the statement has more than {Limits.StatementSubjects} subjects");
            if (ReadSubject(ref reader, subjects) is { } problem)
                return problem;
        }

        return null;
    }

    private static SignatureProblem? ReadSubject(ref Utf8JsonReader reader, List<StatementSubject> subjects)
    {
        string? name = null;
        Digest? sha256 = null;
        Digest? sha512 = null;
        var digests = 0;
        var annotations = Annotations.None;
        SignatureProblem? problem = null;
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("name"u8))
                problem = reader.TryReadOptionalText(out name)
                    ? null
                    : Malformed("has a subject whose name is not text");
            else if (reader.ValueTextEquals("digest"u8))
                problem = ReadDigests(ref reader, out sha256, out sha512, out digests);
            else if (reader.ValueTextEquals("annotations"u8))
                problem = Annotations.Read(ref reader, "the statement", out annotations);
            else
                reader.SkipValue();
        }

        if (problem is null && digests == 0)
            problem = Malformed("has a subject without a digest");
        subjects.Add(new StatementSubject(string.IsNullOrEmpty(name) ? null : name, sha256, annotations) { Sha512 = sha512 });
        return problem;
    }

    private static SignatureProblem? ReadDigests(ref Utf8JsonReader reader, out Digest? sha256, out Digest? sha512, out int count)
    {
        sha256 = sha512 = null;
        count = 0;
        if (!reader.BeginObject())
            return Malformed("has a subject whose digest is not an object");

        while (reader.NextMember())
        {
            if (++count > Limits.DigestsPerSubject)
            {
                return SignatureProblem.Limit(
                    $"the statement has a subject with more than {Limits.DigestsPerSubject} digests");
            }

            var isSha256 = reader.ValueTextEquals("sha256"u8);
            var isSha512 = reader.ValueTextEquals("sha512"u8);
            if (!reader.TryReadText(out var value))
                return Malformed("has a subject digest that is not text");
            if (isSha256 && !Digest.TryParse($"sha256:{value}", out sha256, out var problem))
                return Malformed($"has a subject whose digest is wrong: {problem}");
            // As of any digest that images are not bound by: what cannot be read matches nothing.
            if (isSha512)
                _ = Digest.TryParse($"sha512:{value}", out sha512, out _);
        }

        return null;
    }

    private static SignatureProblem Malformed(string what) => SignatureProblem.Malformed($"the statement {what}");
}
