// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The text form of public keys, RFC 7468: one block, only white space around it, canonical base64 inside.
/// </summary>
internal static class PublicKeyPem
{
    private static readonly char[] LineSeparators = [' ', '\t', '\r', '\n'];

    /// <summary>Reads the block's SubjectPublicKeyInfo; its content is not looked at yet.</summary>
    public static bool TryRead(
        string? pem, [NotNullWhen(true)] out byte[]? spki, [NotNullWhen(false)] out string? problem)
    {
        spki = null;
        if (pem is null || pem.Length > Limits.KeyBytes)
        {
            problem = pem is null
                ? "a key is missing"
                : $"a key has at most {Limits.KeyBytes} characters, found {pem.Length}";
            return false;
        }

        if (!PemEncoding.TryFind(pem, out var block) || !TryDecode(pem[block.Base64Data], out var content))
        {
            problem = "the key is not a PEM block; expected -----BEGIN PUBLIC KEY-----";
            return false;
        }

        var label = pem[block.Label];
        problem = ProblemOfLabel(label) ?? ProblemAround(pem, block.Location);
        if (problem is not null)
            return false;

        spki = label is "RSA PUBLIC KEY" ? SubjectPublicKeyInfo.WrapRsa(content) : content;
        return true;
    }

    private static bool TryDecode(string lines, [NotNullWhen(true)] out byte[]? content) =>
        CanonicalBase64.TryDecode(string.Concat(lines.Split(LineSeparators)), Limits.KeyBytes, out content);

    private static string? ProblemOfLabel(string label) => label switch
    {
        "PUBLIC KEY" or "RSA PUBLIC KEY" => null,
        "CERTIFICATE" => "a certificate stands where a public key is expected; name the key itself",
        _ when label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) =>
            "a private key stands where a public key is expected; treat it as disclosed",
        _ => $"the PEM block is a '{Printable.Escape(label)}'; expected PUBLIC KEY",
    };

    private static string? ProblemAround(string pem, Range block) =>
        string.IsNullOrWhiteSpace(pem[..block.Start]) && string.IsNullOrWhiteSpace(pem[block.End..])
            ? null
            : "there is text before or after the key's PEM block; expected exactly one block";
}
