// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace SupplyChain.Scanning.Reading;

/// <summary>What of a stream has been read and not been consumed.</summary>
internal sealed class ReportBuffer(Stream content) : IDisposable
{
    private const int InitialBytes = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _filled;

    /// <summary>Whether the stream ends with the window.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Window => _bytes.AsSpan(0, _filled);

    /// <summary>
    /// Reads on, always to the same size or to twice what is left: a long token is then looked at again only when there is
    /// twice as much of it.
    /// </summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_filled == _bytes.Length)
            Grow();
        var size = Math.Min(_bytes.Length, Math.Max(InitialBytes, 2 * _filled));
        _filled += await content.ReadAtLeastAsync(
            _bytes.AsMemory(_filled, size - _filled), size - _filled, throwOnEndOfStream: false, cancellationToken);
        IsLast = _filled < size;
    }

    /// <summary>Lets go of the first bytes of the window.</summary>
    public void Consume(int count)
    {
        _bytes.AsSpan(count, _filled - count).CopyTo(_bytes);
        _filled -= count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
