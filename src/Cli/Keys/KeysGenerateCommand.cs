// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Model;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys generate</c>: makes an encrypted private key file and its public half beside it.</summary>
internal static class KeysGenerateCommand
{
    private static readonly Dictionary<string, KeyType> Algorithms = new(StringComparer.Ordinal)
    {
        ["p256"] = KeyType.EcdsaP256,
        ["p384"] = KeyType.EcdsaP384,
        ["p521"] = KeyType.EcdsaP521,
        ["rsa3072"] = KeyType.Rsa3072,
        ["rsa4096"] = KeyType.Rsa4096,
        ["ed25519"] = KeyType.Ed25519,
    };

    public static Command Create(Surroundings surroundings)
    {
        var path = new Argument<string>("PATH")
        {
            Description = "The private key's file; the public half goes beside it, with .pub at its end. "
                + "Neither may exist",
        };
        var algorithm = new Option<KeyType>("--algorithm")
        {
            Description = $"What kind of key: {string.Join(", ", Algorithms.Keys)} "
                + "(default: p256, which every Sigstore client verifies; cosign cannot verify with p384 and p521, "
                + "because it assumes SHA-256 there)",
            HelpName = "NAME",
            CustomParser = result =>
            {
                var name = result.Tokens[0].Value;
                if (!Algorithms.TryGetValue(name, out var type))
                    result.AddError(
                        $"--algorithm is one of {string.Join(", ", Algorithms.Keys)}, not '{Printable.Escape(name)}'");
                return type;
            },
        };
        var passwordFile = new Option<string?>("--password-file")
        {
            Description = "A file with the password that encrypts the key "
                + $"(default: {KeyPassword.Variable}, or a question)",
            HelpName = "FILE",
        };
        var command = new Command("generate", "Make an encrypted private key file, with the public half beside it")
        {
            path, algorithm, passwordFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(path);
            using var password = await PasswordAsync(parsed.GetValue(passwordFile), surroundings, cancellationToken);
            var type = parsed.GetValue(algorithm);
            var key = FileKey.Generate(file, type, password);
            var screen = surroundings.OutScreen()
                .Write("Private key  ").Write(file, Tone.Strong)
                .Line("   encrypted; without its password it is lost", Tone.Faint)
                .Write("Public key   ").Line(FileKey.PublicPath(file), Tone.Strong)
                .Write("Key          ").Line(key.ToString());
            if (type is KeyType.EcdsaP384 or KeyType.EcdsaP521)
            {
                screen.Write("Note         ")
                    .Line("cosign cannot verify with it: it assumes SHA-256 for this curve; p256 is verified everywhere", Tone.Doubt);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<KeyPassword> PasswordAsync(
        string? file, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (file is not null)
            return await KeyPassword.FromFileAsync(file, cancellationToken);
        if (surroundings.Variable(KeyPassword.Variable) is { } text)
            return KeyPassword.From(text);
        if (surroundings.AskSecret is not { } ask)
            throw CommandFailure.BadInput(
                $"no password for the key: set {KeyPassword.Variable} or give --password-file");

        var first = ask("Password for the key");
        return string.Equals(first, ask("The same again"), StringComparison.Ordinal)
            ? KeyPassword.From(first)
            : throw CommandFailure.BadInput("the two passwords differ; nothing was made");
    }
}
