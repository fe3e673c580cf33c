// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Notes a signer added to a subject or payload: an object whose text values a policy may ask for.</summary>
internal static class Annotations
{
    public static readonly IReadOnlyDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    /// <summary>Reads an object or <see langword="null"/>; values that are not text are left out.</summary>
    public static SignatureProblem? Read(
        ref Utf8JsonReader reader, string where, out IReadOnlyDictionary<string, string> annotations)
    {
        annotations = None;
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
            return SignatureProblem.Malformed($"{where} has annotations that are not an object");
        if (reader.TokenType == JsonTokenType.Null)
            return null;

        var count = 0;
        Dictionary<string, string>? read = null;
        while (reader.NextMember())
        {
            if (++count > Limits.SignatureAnnotations)
                return SignatureProblem.Limit($"{where} has more than {Limits.SignatureAnnotations} annotations");

            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                (read ??= new Dictionary<string, string>(StringComparer.Ordinal)).Add(name, reader.GetString()!);
            else
                reader.Skip();
        }

        annotations = read ?? None;
        return null;
    }
}
