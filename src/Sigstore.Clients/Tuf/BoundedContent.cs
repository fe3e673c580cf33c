// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>Reads content of unknown length without taking more memory than it may have bytes.</summary>
internal static class BoundedContent
{
    private const int FirstPiece = 16 * 1024;

    /// <summary>The whole content; null where it has more than <paramref name="most"/> bytes.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        // One byte more than allowed tells content that is too long from content that just fits.
        var buffer = new byte[Math.Min(most, FirstPiece) + 1];
        var length = 0;
        while (true)
        {
            length += await stream.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false, cancellationToken);
            if (length < buffer.Length)
                return buffer[..length];
            if (length > most)
                return null;

            Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, most + 1L));
        }
    }
}
