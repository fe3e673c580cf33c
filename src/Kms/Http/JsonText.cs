// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Kms.Http;

/// <summary>Members of JSON objects in answers.</summary>
internal static class JsonText
{
    /// <summary>A member that is a text; <see langword="null"/> if there is none, or it or the answer is something else.</summary>
    public static string? Text(this JsonElement answer, string member) =>
        answer.ValueKind is JsonValueKind.Object && answer.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
