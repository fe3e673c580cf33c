// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>Reads what a server sends, up to a limit.</summary>
internal static class BodyReader
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>
    /// Reads a body to its end. Memory grows with what has arrived, not with what was announced, and reading stops at
    /// the first byte over <paramref name="most"/>.
    /// </summary>
    /// <returns>The bytes, or <see langword="null"/> if there are more than <paramref name="most"/>.</returns>
    public static async ValueTask<byte[]?> ReadAsync(HttpResponseMessage response, long most, Attempt attempt)
    {
        attempt.IsReadingBody = true;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(attempt.CancellationToken);
            var length = 0;
            int read;
            do
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                var room = (int)Math.Min(buffer.Length - length, most + 1 - length);
                read = await body.ReadAsync(buffer.AsMemory(length, room), attempt.CancellationToken);
                length += read;
            }
            while (read > 0 && length <= most);

            attempt.IsReadingBody = false;
            return length > most ? null : buffer.AsSpan(0, length).ToArray();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new RegistryException(
                ReasonCode.RegistryUnavailable,
                $"{response.RequestMessage?.RequestUri?.Authority} broke off in the middle of an answer", broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(full.Length * 2L, Array.MaxLength));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
