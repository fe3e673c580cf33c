// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Attest;

/// <summary>Finds the bearer token; no message of ours ever repeats it.</summary>
internal static class Token
{
    private const string Name = "SUPPLYCHAIN_TOKEN";
    private const int Longest = 16 * 1024;

    /// <summary>Reads the token from a file, else from the environment.</summary>
    /// <exception cref="CommandFailure">There is none, or it cannot be one.</exception>
    public static string Find(string? file, Surroundings surroundings)
    {
        var (token, origin) = file is null
            ? (surroundings.Variable(Name), Name)
            : (SmallFile.ReadText(file, Longest, "token file"), $"token file '{file}'");
        token = token?.Trim('\r', '\n', ' ');
        if (string.IsNullOrEmpty(token))
            throw CommandFailure.BadInput(
                file is null ? $"no token: set {Name} or give --token-file" : $"{origin} is empty");

        // RFC 6750 §2.1, b64token: nothing that could end the header.
        var legal = token.Length <= Longest
            && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=');
        return legal ? token : throw CommandFailure.BadInput($"{origin} holds no bearer token (RFC 6750)");
    }
}
