// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Kms.Http;

/// <summary>Members of JSON objects in answers.</summary>
internal static class JsonText
{
    /// <summary>A member that is a text; <see langword="null"/> if there is none, or it is something else.</summary>
    public static string? Text(this JsonElement answer, string member) =>
        answer.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
