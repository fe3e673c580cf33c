// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SupplyChain.Testing.Registry;

/// <summary>
/// A genuine docker-registry in a process of its own, on a free loopback port, with its data in a folder that goes with
/// it.
/// </summary>
public sealed class DockerRegistry : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Process _process;

    private DockerRegistry(TempFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Host = $"127.0.0.1:{port}";
    }

    /// <summary>The host as image names write it.</summary>
    public string Host { get; }

    /// <summary>Starts one; skips or fails the running test where the program is missing.</summary>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <param name="http">
    /// More lines for its configuration's <c>http</c> section, such as <c>tls: {certificate: …, key: …}</c>.
    /// </param>
    /// <param name="more">More sections, such as <c>auth: {htpasswd: {realm: …, path: …}}</c>.</param>
    public static async Task<DockerRegistry> StartAsync(
        CancellationToken cancellationToken, string http = "", string more = "")
    {
        var program = Programs.Require("docker-registry");
        var folder = new TempFolder();
        var port = FreePort();
        await File.WriteAllTextAsync(
            folder["config.yml"],
            $"""
             version: 0.1
             log: {"{"}level: error, accesslog: {"{"}disabled: true{"}"}{"}"}
             storage: {"{"}filesystem: {"{"}rootdirectory: {folder["data"]}{"}"}, delete: {"{"}enabled: true{"}"}{"}"}
             http:
               addr: 127.0.0.1:{port}
               {http}
             {more}
             """,
            cancellationToken);
        var process = Process.Start(new ProcessStartInfo(program, ["serve", folder["config.yml"]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var registry = new DockerRegistry(folder, process, port);
        await registry.WaitUntilItListensAsync(port, cancellationToken);
        return registry;
    }

    /// <summary>Stops it and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task WaitUntilItListensAsync(int port, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < 400; tried++)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(25, cancellationToken);
            }
        }

        await DisposeAsync();
        Assert.Fail("docker-registry does not listen");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
