// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Identities;
using SupplyChain.Cli.Keys;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>
/// Who may have signed: one identity, by issuer and name and whatever else a certificate says, or one key. There is no way to leave it open.
/// </summary>
internal sealed class SignerOptions
{
    private readonly IdentityOptions _identity = new();

    private readonly Option<string?> _key = new("--key")
    {
        Description = "Instead: the public key that may have signed, PEM",
        HelpName = "FILE",
    };

    private readonly Option<SigningAlgorithm?> _algorithm = AlgorithmOption.Create(
        "With --key: what the key signs with, such as rsa-pss-sha256 (default: what the key means by itself)");

    public void AddTo(Command command)
    {
        _identity.AddTo(command);
        command.Options.Add(_key);
        command.Options.Add(_algorithm);
    }

    /// <summary>The identity that may have signed, or the key; exactly one of them.</summary>
    /// <exception cref="CommandFailure">Neither or both are given, or one cannot be used.</exception>
    public (TrustedIdentity? Identity, PublicKey? Key) Read(ParseResult parsed)
    {
        if (parsed.GetValue(_key) is not { } file)
        {
            return parsed.GetValue(_algorithm) is null
                ? (_identity.Read(parsed), null)
                : throw CommandFailure.BadInput("--algorithm says what a key signs with, and there is no --key");
        }

        return _identity.FindGiven(parsed) is not { } given
            ? (null, ReadKey(file, parsed.GetValue(_algorithm)))
            : throw CommandFailure.BadInput($"--key and {given} exclude each other: a key is trusted by itself, and has no certificate");
    }

    private static PublicKey ReadKey(string file, SigningAlgorithm? algorithm)
    {
        if (!PublicKey.TryParsePem(SmallFile.ReadText(file, Limits.KeyBytes, "key file"), out var key, out var problem))
            throw CommandFailure.BadInput($"the key '{file}' cannot be used: {problem}");
        if (algorithm is not { } named)
            return key;

        return key.Algorithms.Contains(named)
            ? key.With(named)
            : throw CommandFailure.BadInput(
                $"the key '{file}' signs with {string.Join(" or ", key.Algorithms.Select(known => known.Name()))}, not with {named.Name()}");
    }
}
