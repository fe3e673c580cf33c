// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary>
/// <c>keys check</c>: signs something harmless with a key and verifies it, as the service would; 0, 1 or 3.
/// </summary>
internal static class KeysCheckCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var name = new Argument<string>("KEY_URI")
        {
            Description = "The key, such as awskms:///alias/release, hashivault://release or file:keys/release",
        };
        var algorithm = AlgorithmOption.Create(
            "What the key has to sign with, as a policy names it (default: what the key means by itself)");
        var access = new KeyAccess(surroundings);
        var output = CommonOptions.Output();
        var command = new Command(
            "check", "Sign something harmless with a key and verify it: 0 it works, 1 it cannot be used, 3 no answer")
        {
            name,
            algorithm,
        };
        access.AddTo(command);
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var services = await access.ReadAsync(parsed, cancellationToken);
            if (!KeyUri.TryParse(parsed.GetRequiredValue(name), out var uri, out var problem))
                throw CommandFailure.BadInput(problem);

            var isJson = parsed.GetValue(output) == OutputFormat.Json;
            try
            {
                var check = await KeyCheck.RunAsync(
                    services, uri, parsed.GetValue(algorithm), surroundings.Clock, cancellationToken);
                if (isJson)
                    surroundings.Out.Write(Json(uri, check) + "\n");
                else
                    Write(surroundings.OutScreen(), uri, check);
                return ExitCodes.Done;
            }
            catch (KmsException fault)
            {
                if (isJson)
                    surroundings.Out.Write(Json(uri, fault) + "\n");
                else
                    Write(surroundings.OutScreen(), uri, fault);
                return IsUnavailable(fault) ? ExitCodes.Unreachable : ExitCodes.Refused;
            }
        });
        return command;
    }

    // A service that signs wrongly is not one to try again.
    private static bool IsUnavailable(KmsException fault) => fault.Reason == ReasonCode.KmsUnavailable;

    private static void Write(Screen screen, KeyUri uri, KeyCheck check)
    {
        screen.Write("USABLE", Tone.Good).Write("  ").Line(uri.ToString(), Tone.Strong);
        var table = new Columns();
        table.Add(2, new Cell("Key", Tone.Faint), check.KeyId);
        table.Add(2, new Cell("Algorithm", Tone.Faint), check.PublicKey.Algorithm.Name());
        table.Add(2, new Cell("Public key", Tone.Faint), check.PublicKey.Id.ToString());
        table.Add(2, new Cell("Opened in", Tone.Faint), Milliseconds(check.Opening));
        table.Add(2, new Cell("Signed in", Tone.Faint), Milliseconds(check.Signing));
        table.WriteTo(screen);
        foreach (var line in check.PublicKey.ToPem().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            screen.Line(line);
    }

    private static void Write(Screen screen, KeyUri uri, KmsException fault)
    {
        screen.Write(IsUnavailable(fault) ? "NO ANSWER" : "UNUSABLE", Tone.Bad)
            .Write("  ").Line(uri.ToString(), Tone.Strong)
            .Line($"  {fault.Message}  {fault.Reason}");
        if (!string.IsNullOrEmpty(fault.Reason.Remedy))
            screen.Line($"  {fault.Reason.Remedy}", Tone.Faint);
    }

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    private static string Json(KeyUri uri, KeyCheck check) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteString("key", uri.ToString());
        json.WriteString("result", "usable");
        json.WriteString("keyId", check.KeyId);
        json.WriteString("algorithm", check.PublicKey.Algorithm.Name());
        json.WriteString("publicKeyId", check.PublicKey.Id.ToString());
        json.WriteString("publicKey", check.PublicKey.ToPem());
        json.WriteNumber("openMilliseconds", Math.Round(check.Opening.TotalMilliseconds, 3));
        json.WriteNumber("signMilliseconds", Math.Round(check.Signing.TotalMilliseconds, 3));
        json.WriteEndObject();
    });

    private static string Json(KeyUri uri, KmsException fault) => JsonText.Write(indented: true, json =>
    {
        json.WriteStartObject();
        json.WriteString("key", uri.ToString());
        json.WriteString("result", IsUnavailable(fault) ? "unavailable" : "unusable");
        json.WriteString("reason", fault.Reason.Name);
        json.WriteString("message", Screen.Escape(fault.Message));
        json.WriteEndObject();
    });
}
