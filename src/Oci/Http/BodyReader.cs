// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>Reads what a server sends, and not one buffer more than is wanted.</summary>
internal static class BodyReader
{
    private const int FirstBuffer = 64 * 1024;

    /// <summary>
    /// Reads a body to its end. Memory grows with what has arrived, not with what was announced, and reading stops at the
    /// first byte over <paramref name="most"/>.
    /// </summary>
    /// <returns>The bytes, or <see langword="null"/> if there are more than <paramref name="most"/>.</returns>
    public static async ValueTask<byte[]?> ReadAsync(HttpResponseMessage response, long most, Attempt attempt)
    {
        attempt.IsReadingBody = true;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(attempt.CancellationToken);
            var buffer = new byte[(int)Math.Min(most + 1, FirstBuffer)];
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                    Array.Resize(ref buffer, (int)Math.Min(most + 1, buffer.Length * 2L));

                var read = await body.ReadAsync(buffer.AsMemory(length), attempt.CancellationToken);
                length += read;
                if (read == 0 || length > most)
                {
                    attempt.IsReadingBody = false;
                    return length > most ? null : buffer.AsSpan(0, length).ToArray();
                }
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new RegistryException(
                ReasonCode.RegistryUnavailable, $"{response.RequestMessage?.RequestUri?.Authority} broke off in the middle of an answer", broken);
        }
    }
}
