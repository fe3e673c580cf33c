// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Transparency;

namespace SupplyChain.Sigstore;

/// <summary>
/// Public keys as signed notes name them. How an id follows from a key depends on its type; C2SP signed-note, "Signature types", and
/// tlog-cosignature.
/// </summary>
public static class NoteKeys
{
    private const byte Ed25519Type = 0x01;
    private const byte CosignatureType = 0x04;
    private const int IdDigits = 8;

    private static ReadOnlySpan<byte> Ed25519SpkiPrefix => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>
    /// The key of a log: for Ed25519 as Rekor v2 and C2SP have it; for ECDSA and RSA as Rekor v1 has it, where the id is of the key alone.
    /// </summary>
    /// <param name="name">The name in the log's signature lines.</param>
    /// <param name="key">The key.</param>
    public static NoteKey OfLog(string name, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var id = key.Algorithm == SigningAlgorithm.Ed25519
            ? IdOf(name, Ed25519Type, key.Spki.Span[Ed25519SpkiPrefix.Length..])
            : SHA256.HashData(key.Spki.Span);
        return new NoteKey(name, First(id), (text, signature) => key.Verify(text, signature.Span));
    }

    /// <summary>
    /// Reads a verifier key, <c>NAME+ID+BASE64</c>: of a log (Ed25519), or of a witness that cosigns checkpoints with the time.
    /// </summary>
    /// <param name="text">The verifier key.</param>
    /// <param name="key">The key, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not; escaped.</param>
    /// <returns>Whether it is one, and its id is that of its name and content.</returns>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out NoteKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        problem = $"'{Printable.Escape(text)}' is not a verifier key; expected NAME+ID+BASE64 with an Ed25519 key";
        if (text is null || text.Length > Limits.NoteBytes || text.Split('+', 3) is not [{ Length: > 0 } name, { Length: IdDigits } written, var base64]
            || name.Any(char.IsWhiteSpace) || !written.All(char.IsAsciiHexDigitLower)
            || !CanonicalBase64.TryDecode(base64, Limits.NoteBytes, out var typed)
            || typed is not [Ed25519Type or CosignatureType, ..] || typed.Length != 1 + Ed25519.PublicKeySize
            || !PublicKey.TryReadSpki([.. Ed25519SpkiPrefix, .. typed.AsSpan(1)], out var read, out _))
        {
            return false;
        }

        var id = First(IdOf(name, typed[0], typed.AsSpan(1)));
        if (id != uint.Parse(written, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        {
            problem = $"the id of verifier key {Printable.Escape(name)} is {id:x8} by its content; found {written}";
            return false;
        }

        problem = null;
        key = new NoteKey(name, id, typed[0] == Ed25519Type
            ? (message, signature) => read.Verify(message, signature.Span)
            : (message, signature) => IsCosigned(read, message, signature.Span));
        return true;
    }

    // A witness signs the time, which comes first in its signature, with the text; c2sp.org/tlog-cosignature.
    private static bool IsCosigned(PublicKey witness, ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature)
    {
        if (signature.Length <= sizeof(ulong))
            return false;

        var time = BinaryPrimitives.ReadUInt64BigEndian(signature);
        var header = string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n");
        return witness.Verify((byte[])[.. Encoding.ASCII.GetBytes(header), .. text.Span], signature[sizeof(ulong)..]);
    }

    private static byte[] IdOf(string name, byte type, ReadOnlySpan<byte> key) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. key]);

    private static uint First(ReadOnlySpan<byte> id) => BinaryPrimitives.ReadUInt32BigEndian(id);
}
