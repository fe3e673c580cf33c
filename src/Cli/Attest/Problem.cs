// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Attest;

/// <summary>A problem document (RFC 9457), as far as it is one; members that are not ours are left alone.</summary>
/// <param name="Message">One line for people.</param>
/// <param name="Remedy">What would help, if it says so.</param>
/// <param name="Decision">The decision's JSON, if the problem carries one.</param>
/// <param name="Reason">The code, if it is one that we know.</param>
internal sealed record Problem(string Message, string? Remedy, byte[]? Decision, ReasonCode? Reason = null)
{
    /// <summary>What went wrong and what would help.</summary>
    public string Advice => Remedy is null ? Message : $"{Message}. {Printable.Escape(Remedy)}";

    public static Problem Read(ReadOnlyMemory<byte> body, HttpStatusCode status)
    {
        var start = $"the attestor answered {(int)status}";
        if (!StrictJson.TryParse(body, out var document, out _))
            return new Problem(start, null, null);

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return new Problem(start, null, null);

            var parts = new[] { Text(root, "reason"), Text(root, "detail") ?? Text(root, "title") }.OfType<string>();
            var said = string.Join(": ", parts.Select(Printable.Escape));
            byte[]? decision = root.TryGetProperty("decision", out var member)
                && member.ValueKind == JsonValueKind.Object
                    ? JsonMarshal.GetRawUtf8Value(member).ToArray()
                    : null;
            return new Problem(said.Length > 0 ? $"{start}: {said.TrimEnd('.')}" : start, Text(root, "remedy"), decision,
                ReasonCode.All.FirstOrDefault(code => string.Equals(code.Name, Text(root, "reason"), StringComparison.Ordinal)));
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
