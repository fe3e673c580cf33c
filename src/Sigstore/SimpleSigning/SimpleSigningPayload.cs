// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// What a simple-signing payload says. Everything under <c>critical</c> must be understood or refused; of
/// <c>optional</c> only text values are kept.
/// </summary>
internal sealed record SimpleSigningPayload(
    Digest Image, string? Repository, IReadOnlyDictionary<string, string> Annotations)
{
    private const string DigestMember = "docker-manifest-digest";

    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out SimpleSigningPayload? payload,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        payload = null;
        if (!StrictScan.TryCheck(utf8, out var malformed))
        {
            problem = Malformed($"is malformed: {malformed}");
            return false;
        }

        var critical = new Critical();
        IReadOnlyDictionary<string, string>? annotations = null;
        var reader = new Utf8JsonReader(utf8.Span);
        problem = reader.BeginObject() ? null : Malformed("is not an object");
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("critical"u8))
                problem = critical.Read(ref reader);
            else if (reader.ValueTextEquals("optional"u8))
                problem = Sigstore.Annotations.Read(ref reader, "the signature payload", out annotations);
            else
                problem = Unknown(ref reader, "");
        }

        problem ??= critical.Problem() ?? (annotations is null ? Malformed("has no optional member") : null);
        if (problem is not null)
            return false;

        var repository = critical.Reference is "" ? null : critical.Reference;
        payload = new SimpleSigningPayload(critical.Image!, repository, annotations!);
        return true;
    }

    private static SignatureProblem Malformed(string what) =>
        SignatureProblem.Malformed($"the signature payload {what}");

    private static SignatureProblem Unknown(ref Utf8JsonReader reader, string where) =>
        Malformed($"has an unknown member {where}{Printable.Escape(reader.GetString())}");

    private struct Critical()
    {
        public Digest? Image { get; private set; }

        public string? Reference { get; private set; }

        private string? Kind { get; set; }

        public SignatureProblem? Read(ref Utf8JsonReader reader)
        {
            if (!reader.BeginObject())
                return Malformed("has a critical member that is not an object");

            SignatureProblem? problem = null;
            while (problem is null && reader.NextMember())
            {
                if (reader.ValueTextEquals("identity"u8))
                    problem = ReadIdentity(ref reader);
                else if (reader.ValueTextEquals("image"u8))
                    problem = ReadImage(ref reader);
                else if (reader.ValueTextEquals("type"u8))
                    problem = ReadKind(ref reader);
                else
                    problem = Unknown(ref reader, "critical.");
            }

            return problem;
        }

        public readonly SignatureProblem? Problem() =>
            Kind is null ? Malformed("has no critical.type")
            : Kind is not SimpleSigning.PayloadKind ? OfAnotherKind(Kind)
            : Image is null ? Malformed($"has no critical.image.{DigestMember}")
            : Reference is null ? Malformed("has no critical.identity.docker-reference")
            : null;

        private static SignatureProblem OfAnotherKind(string kind) =>
            new(ReasonCode.PayloadType, "the signed payload is no image signature")
            {
                Expected = SimpleSigning.PayloadKind,
                Actual = Printable.Escape(kind),
            };

        private SignatureProblem? ReadKind(ref Utf8JsonReader reader)
        {
            if (!reader.TryReadText(out var kind))
                return Malformed("has a critical.type that is not text");

            Kind = kind;
            return null;
        }

        private SignatureProblem? ReadIdentity(ref Utf8JsonReader reader)
        {
            if (!reader.BeginObject())
                return Malformed("has a critical.identity that is not an object");

            while (reader.NextMember())
            {
                if (!reader.ValueTextEquals("docker-reference"u8))
                    return Unknown(ref reader, "critical.identity.");
                if (!reader.TryReadText(out var reference))
                    return Malformed("has a docker-reference that is not text");
                Reference = reference;
            }

            return null;
        }

        private SignatureProblem? ReadImage(ref Utf8JsonReader reader)
        {
            if (!reader.BeginObject())
                return Malformed("has a critical.image that is not an object");

            while (reader.NextMember())
            {
                // The specification's own page writes a capital D, and Go reads either.
                if (!string.Equals(reader.GetString(), DigestMember, StringComparison.OrdinalIgnoreCase))
                    return Unknown(ref reader, "critical.image.");
                if (Image is not null)
                    return Malformed($"has {DigestMember} twice");
                if (!reader.TryReadText(out var text))
                    return Malformed($"has a {DigestMember} that is not text");
                if (!Digest.TryParse(text, out var digest, out var problem))
                    return Malformed($"has a wrong {DigestMember}: {problem}");
                Image = digest;
            }

            return null;
        }
    }
}
