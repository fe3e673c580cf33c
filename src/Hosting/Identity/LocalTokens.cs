// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>Static tokens for local use. Kept and compared as SHA-256 values, in constant time.</summary>
internal sealed class LocalTokens
{
    private const int ShortestToken = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly List<(string Subject, byte[] Value)> _tokens;

    private LocalTokens(List<(string Subject, byte[] Value)> tokens) => _tokens = tokens;

    /// <summary>Reads the token files.</summary>
    /// <exception cref="ConfigurationException">A file is missing, open to other users, or holds a token too short.</exception>
    internal static async ValueTask<LocalTokens> ReadAsync(
        IReadOnlyList<LocalTokenConfiguration> configured, CancellationToken cancellationToken)
    {
        var tokens = new List<(string Subject, byte[] Value)>();
        foreach (var (subject, file) in configured)
        {
            var token = await SmallFile.ReadSecretAsync(file, cancellationToken);
            var name = Printable.Escape(file);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
                throw new ConfigurationException($"{name}: a token file is for its owner alone; set mode 0600");
            if (token.Length < ShortestToken || !token.All(IsTokenCharacter))
                throw new ConfigurationException($"{name}: a token has at least {ShortestToken} letters, digits or -._~+/=");

            tokens.Add((subject, ValueOf(token)));
        }

        return new LocalTokens(tokens);
    }

    internal string? FindSubject(string token)
    {
        var value = ValueOf(token);
        string? subject = null;
        foreach (var known in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(known.Value, value))
                subject = known.Subject;
        }

        return subject;
    }

    private static byte[] ValueOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    // RFC 6750, section 2.1.
    private static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';
}
