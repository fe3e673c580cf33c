// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Writes in-toto statements of version 1. What it returns, this product's own reader accepts.</summary>
public static class StatementWriter
{
    /// <summary>Writes a statement.</summary>
    /// <param name="subjects">What the statement speaks of, each with a SHA-256.</param>
    /// <param name="predicateType">What kind of thing is said.</param>
    /// <param name="writePredicate">Writes the predicate as one JSON value.</param>
    /// <param name="predicateSize">About how many bytes the predicate has, to take memory once.</param>
    /// <exception cref="ArgumentException">
    /// The statement could not be read again: no subject, a subject without SHA-256, or a predicate that is not strict
    /// JSON or is nested too deeply.
    /// </exception>
    public static byte[] Write(
        IReadOnlyList<StatementSubject> subjects, string predicateType, Action<Utf8JsonWriter> writePredicate,
        int predicateSize = 1024)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentException.ThrowIfNullOrEmpty(predicateType);
        ArgumentNullException.ThrowIfNull(writePredicate);

        var buffer = new ArrayBufferWriter<byte>(predicateSize + 1024);
        using (var writer = new Utf8JsonWriter(buffer, Envelope.PlainJson))
        {
            writer.WriteStartObject();
            writer.WriteString("_type"u8, Statement.TypeV1);
            writer.WriteStartArray("subject"u8);
            foreach (var subject in subjects)
                WriteSubject(writer, subject);
            writer.WriteEndArray();
            writer.WriteString("predicateType"u8, predicateType);
            writer.WritePropertyName("predicate"u8);
            writePredicate(writer);
            writer.WriteEndObject();
        }

        var statement = buffer.WrittenSpan.ToArray();
        return StatementReader.TryRead(statement, out _, out var problem)
            ? statement
            : throw new ArgumentException(
                $"The statement would not be readable: {problem.Message}.", nameof(writePredicate));
    }

    /// <summary>Whether JSON is shallow enough to be the predicate of a statement that is read again.</summary>
    public static bool CanHold(ReadOnlySpan<byte> predicate)
    {
        var reader = new Utf8JsonReader(predicate, new JsonReaderOptions { MaxDepth = Limits.Depth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth == Limits.Depth - 1)
                return false;
        }

        return true;
    }

    /// <summary>Writes an image signature in statement form: an empty predicate about one image.</summary>
    public static byte[] WriteImageSignature(Digest image, Repository? repository) =>
        Write([StatementSubject.Of(image, repository)], PredicateTypes.ImageSignature, static writer =>
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        });

    private static void WriteSubject(Utf8JsonWriter writer, StatementSubject subject)
    {
        if (subject.Sha256 is not { IsSha256: true } digest)
            throw new ArgumentException("A subject needs a SHA-256 digest.", nameof(subject));

        writer.WriteStartObject();
        if (subject.Name is not null)
            writer.WriteString("name"u8, subject.Name);
        writer.WriteStartObject("digest"u8);
        writer.WriteString("sha256"u8, digest.Hex);
        writer.WriteEndObject();
        if (subject.Annotations.Count > 0)
        {
            writer.WriteStartObject("annotations"u8);
            foreach (var (name, value) in subject.Annotations)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
