// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Explaining;

/// <summary>An explanation for people and programs.</summary>
internal static class ExplanationOutput
{
    public static void Write(Screen screen, Explanation explanation)
    {
        screen.Write(explanation.Image.ToString(), Tone.Strong).Line($"   at {PolicyTime.Show(explanation.Time)}");
        if (explanation.Signing.Count > 0)
            WriteSigning(screen, explanation);
        foreach (var admission in explanation.Admission)
            Write(screen, admission);
    }

    public static string Json(Explanation explanation) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteString("image", explanation.Image.ToString());
        json.WriteString("time", PolicyTime.Show(explanation.Time));
        json.WriteStartObject("signing");
        json.WriteString("policy", Applying(explanation)?.Policy.Name);
        json.WriteString("reason", explanation.NoSigning?.Name);
        json.WriteStartArray("policies");
        foreach (var signing in explanation.Signing)
            Write(json, signing);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("admission");
        foreach (var admission in explanation.Admission)
            Write(json, admission);
        json.WriteEndArray();
        json.WriteEndObject();
    }) + "\n";

    private static ExplainedSigning? Applying(Explanation explanation) =>
        explanation.NoSigning is null ? explanation.Signing.First(signing => signing.Objections.Count == 0) : null;

    private static void WriteSigning(Screen screen, Explanation explanation)
    {
        screen.Line().Line("To be signed" + (explanation.HasRequester ? "" : " (by whom was not said: --requester-claims)"));
        if (explanation.NoSigning is { } reason)
            screen.Write("  ✗ ", Tone.Bad).Line($"{reason}: {reason.Meaning}");
        foreach (var signing in explanation.Signing.OrderBy(signing => signing.Objections.Count > 0))
        {
            var covers = signing.Objections.Count == 0;
            screen.Write(covers ? "  ✓ " : "  - ", covers ? Tone.Good : Tone.Faint)
                .Write(signing.Policy.Name, Tone.Strong).Line($"   {signing.Policy.Location}", Tone.Faint);
            foreach (var line in covers ? signing.Notes : signing.Objections)
                screen.Line("      " + line);
        }
    }

    private static void Write(Screen screen, ExplainedAdmission admission)
    {
        var (preflight, policy) = (admission.Preflight, admission.Policy);
        screen.Line().Write("To run, by ").Write(policy.Name, Tone.Strong).Line($"   {policy.Location}", Tone.Faint);
        if (preflight.Decided is { } decided)
        {
            screen.Write(decided.Verdict == Verdict.Pass ? "  ✓ " : "  ✗ ", decided.Verdict == Verdict.Pass ? Tone.Good : Tone.Bad)
                .Line(decided.Reason is null ? decided.Message : $"{decided.Reason}: {decided.Message}");
        }

        if (preflight.Rule is { } rule)
        {
            screen.Write("  ✓ ", Tone.Good).Write($"rule {rule.Name}", Tone.Strong)
                .Write($" ({rule.Scope}), {admission.Enforcement}").Line($"   {rule.Location}", Tone.Faint);
        }

        foreach (var loser in preflight.Considered)
            screen.Write("  - ", Tone.Faint).Line(loser);
    }

    private static void Write(Utf8JsonWriter json, ExplainedSigning signing)
    {
        json.WriteStartObject();
        json.WriteString("name", signing.Policy.Name);
        json.WriteString("revision", signing.Policy.Revision.ToString());
        json.WriteString("location", signing.Policy.Location.ToString());
        json.WriteBoolean("covers", signing.Objections.Count == 0);
        Write(json, "objections", signing.Objections);
        Write(json, "notes", signing.Notes);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExplainedAdmission admission)
    {
        json.WriteStartObject();
        json.WriteString("name", admission.Policy.Name);
        json.WriteString("revision", admission.Policy.Revision.ToString());
        json.WriteString("rule", admission.Preflight.Rule?.Name);
        json.WriteString("enforcement", admission.Enforcement);
        json.WriteString("reason", admission.Preflight.Decided?.Reason?.Name);
        json.WriteString("message", admission.Preflight.Decided?.Message);
        Write(json, "considered", admission.Preflight.Considered);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
