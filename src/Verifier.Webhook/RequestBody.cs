// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace SupplyChain.Verifier.Webhook;

/// <summary>The whole body of a request in one rented array.</summary>
internal readonly struct RequestBody : IDisposable
{
    private const int FirstRoom = 16 * 1024;

    private readonly byte[] _rented;
    private readonly int _length;

    private RequestBody(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _rented.AsMemory(0, _length);

    /// <summary>Reads a body of at most <paramref name="limit"/> bytes.</summary>
    /// <returns>The body, or null when it is larger; then the rest was not read.</returns>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            return null;

        // One byte beyond what was announced tells that the announcement was wrong.
        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength + 1 ?? FirstRoom, limit + 1L));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                if (length + buffer.Length > limit)
                {
                    request.BodyReader.AdvanceTo(buffer.Start);
                    ArrayPool<byte>.Shared.Return(rented);
                    return null;
                }

                rented = WithRoom(rented, length, (int)buffer.Length);
                buffer.CopyTo(rented.AsSpan(length));
                length += (int)buffer.Length;
                request.BodyReader.AdvanceTo(buffer.End);
                if (read.IsCompleted)
                    return new RequestBody(rented, length);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);

    private static byte[] WithRoom(byte[] rented, int length, int more)
    {
        if (rented.Length - length >= more)
            return rented;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, rented.Length * 2));
        rented.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(rented);
        return larger;
    }
}
