// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Text;

namespace SupplyChain.Bench;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends the same request again and again: a client so thin that what is measured is
/// the server.
/// </summary>
internal sealed class LoopbackClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private LoopbackClient(Socket socket, byte[] request) => (_socket, _request) = (socket, request);

    public static async Task<LoopbackClient> ConnectAsync(Uri server, string path, byte[] body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        var head = $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return new LoopbackClient(socket, [.. Encoding.ASCII.GetBytes(head), .. body]);
    }

    /// <summary>Sends the request and reads the whole answer; it must fit the buffer and tell its length.</summary>
    public async ValueTask<string> SendAsync()
    {
        await _socket.SendAsync(_request);
        var length = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("the server closed the connection");
            length += read;
            if (IsWhole(_buffer.AsSpan(0, length)))
                return Encoding.UTF8.GetString(_buffer, 0, length);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        var head = Encoding.ASCII.GetString(answer[..end]);
        const string name = "Content-Length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new IOException("the answer has no Content-Length: " + head);

        var value = head[(at + name.Length)..].Split('\r')[0];
        return answer.Length >= end + 4 + int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
