// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys;

/// <summary>
/// A public key as command lines name it: a PEM file, a private key's file with its public half beside it, or a key
/// URI.
/// </summary>
internal static class PublicKeyArgument
{
    /// <summary>Finds the key.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="keys">Reads the public halves that URIs name.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    /// <exception cref="KmsException">It cannot be had.</exception>
    public static async Task<PublicKey> ReadAsync(string text, PublicKeys keys, CancellationToken cancellationToken)
    {
        if (IsPublicPem(text, out var pem))
        {
            return PublicKey.TryParsePem(pem, out var key, out var malformed)
                ? key
                : throw CommandFailure.BadInput(
                    $"the public key '{Printable.Escape(text)}' cannot be used: {malformed}");
        }

        var written = IsUri(text) ? text : "file:" + text;
        return KeyUri.TryParse(written, out var uri, out var problem)
            ? await keys.OpenAsync(uri, cancellationToken)
            : throw CommandFailure.BadInput(problem);
    }

    // A colon before any slash, as in awskms:…; a path with one can be written ./so:named.
    private static bool IsUri(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 0 || colon < slash);
    }

    private static bool IsPublicPem(string path, out string pem)
    {
        pem = "";
        if (!File.Exists(path))
            return false;

        pem = SmallFile.ReadText(path, Limits.KeyBytes, "key file");
        return pem.Contains("PUBLIC KEY-----", StringComparison.Ordinal);
    }
}
