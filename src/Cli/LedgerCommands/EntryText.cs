// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.Cli.LedgerCommands;

/// <summary>One entry of the ledger as a line: of text with what matters most, or of JSON with everything.</summary>
internal static class EntryText
{
    private const int KindWidth = 13;

    public static void Write(Screen screen, LedgerEntry entry)
    {
        var time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        screen
            .Write(string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence,6}  {time}  "), Tone.Faint)
            .Write(entry.Kind.ToWord().PadRight(KindWidth), ToneOf(entry.Kind))
            .Write(Summary(entry))
            .Line(entry.Request.Length > 0 ? $"  {entry.Request}" : "", Tone.Faint);
    }

    /// <summary>The entry as one line of JSON with the body's content; a body that is no JSON is left out.</summary>
    public static string Json(LedgerEntry entry) => JsonText.Write(indented: false, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteString("time", entry.Time);
        json.WriteString("kind", entry.Kind.ToWord());
        json.WriteString("request", entry.Request);
        json.WritePropertyName("body");
        // Written anew, not copied: a forged body could hold line ends and terminal controls.
        if (StrictJson.TryParse(entry.Body, out var body, out _))
        {
            using (body)
                body.RootElement.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("previous", entry.Previous.ToString());
        json.WriteString("hash", entry.Hash.ToString());
        json.WriteEndObject();
    });

    private static Tone ToneOf(EntryKind kind) => kind switch
    {
        EntryKind.Completion => Tone.Good,
        EntryKind.Refusal or EntryKind.Rejected or EntryKind.Review => Tone.Bad,
        _ => Tone.Plain,
    };

    private static string Summary(LedgerEntry entry)
    {
        if (!StrictJson.TryParse(entry.Body, out var document, out var problem))
            return $"(unreadable: {problem})";

        using (document)
        {
            var body = document.RootElement;
            return entry.Kind switch
            {
                EntryKind.Signature => $"{Text(body, "purpose")} of {Text(body, "subject")} by {Text(body, "keyId")}",
                EntryKind.Evidence =>
                    $"{Text(body, "scanner")} report {Text(body, "report")} for {Text(body, "image")}",
                EntryKind.Key => $"{Text(body, "attestor")} {Text(body, "keyUri")} {Text(body, "publicKey")}",
                EntryKind.Document => $"{Text(body, "form")} {Text(body, "document")}",
                EntryKind.Rejected => $"{Text(body, "reason")} {Text(body, "image")}",
                _ => DecisionSummary(body),
            };
        }
    }

    private static string DecisionSummary(JsonElement body)
    {
        if (!TryGet(body, "decision", out var decision) || !TryGet(decision, "subject", out var subject))
            return "";

        return $"{Text(decision, "outcome")} {Text(subject, "name")}@{Text(subject, "digest")}{FirstReason(decision)}";
    }

    private static string FirstReason(JsonElement decision)
    {
        if (!TryGet(decision, "checks", out var checks) || checks.ValueKind != JsonValueKind.Array)
            return "";

        var reason = checks.EnumerateArray()
            .Where(check => Text(check, "verdict") is "FAIL" or "ERROR")
            .Select(check => Text(check, "reason")).FirstOrDefault();
        return reason is null ? "" : $"  {reason}";
    }

    private static string Text(JsonElement parent, string name) =>
        TryGet(parent, name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : "?";

    private static bool TryGet(JsonElement parent, string name, out JsonElement member)
    {
        member = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out member);
    }
}
