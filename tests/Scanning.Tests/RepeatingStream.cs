// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Scanning.Tests;

/// <summary>A text and then another one many times, of which nothing is held.</summary>
internal sealed class RepeatingStream(string start, string rest, long times) : Stream
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes(start);
    private readonly byte[] _rest = Encoding.UTF8.GetBytes(rest);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var beyond = _position - _start.Length;
            if (beyond >= 0 && beyond / _rest.Length >= times)
                break;
            var next = beyond < 0 ? _start.AsSpan((int)_position) : _rest.AsSpan((int)(beyond % _rest.Length));
            next = next[..Math.Min(next.Length, buffer.Length - read)];
            next.CopyTo(buffer[read..]);
            (read, _position) = (read + next.Length, _position + next.Length);
        }

        return read;
    }

    // On the caller's thread, so that what it allocates is counted there.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
