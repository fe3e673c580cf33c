// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Requests as no well-behaved client writes them.</summary>
internal static class RawHttp
{
    /// <summary>Sends these header lines and this body, and reads the answer to the end of the connection.</summary>
    public static async Task<Answer> SendAsync(Service service, string requestLine, string[] headers, string body = "")
    {
        using var connection = await ConnectAsync(service, requestLine, headers, body);
        using var answer = new MemoryStream();
        await connection.GetStream().CopyToAsync(answer);
        return Read(answer.ToArray()).Checked(service);
    }

    /// <summary>Sends these header lines and this body; what happens then is the caller's business.</summary>
    public static async Task<TcpClient> ConnectAsync(Service service, string requestLine, string[] headers, string body)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(service.Address.Host, service.Address.Port);
        string[] lines = [requestLine + " HTTP/1.1", "Host: attestor.test", "Connection: close", .. headers, "", body];
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));
        return connection;
    }

    private static Answer Read(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "the connection was closed without an answer");
        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines[1..].Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        return new Answer(status, headers, bytes[(end + 4)..]);
    }
}
