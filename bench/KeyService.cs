// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Bench;

/// <summary>
/// A key service with one ready signature that speaks Vault's protocol, in a process of its own: what it takes to answer is neither
/// counted as ours nor queued behind it.
/// </summary>
internal sealed class KeyService : IAsyncDisposable
{
    /// <summary>The argument that makes this program the service.</summary>
    public const string Serve = "--serve-key-service";

    /// <summary>Where it signs.</summary>
    public const string SignPath = "/v1/transit/sign/bench/sha2-256";

    private readonly Process _process;

    private KeyService(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>The service's address.</summary>
    public Uri Address { get; }

    /// <summary>Starts the service.</summary>
    /// <param name="serviceTime">How long a signature takes, on average; a fifth more or less.</param>
    /// <param name="description">What it answers about the key, in one line.</param>
    /// <param name="signature">What it answers to be asked for a signature, in one line.</param>
    public static async Task<KeyService> StartAsync(TimeSpan serviceTime, string description, string signature)
    {
        var milliseconds = serviceTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [typeof(KeyService).Assembly.Location, Serve, milliseconds])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await process.StandardInput.WriteLineAsync(description);
        await process.StandardInput.WriteLineAsync(signature);
        await process.StandardInput.FlushAsync();
        var address = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("the key service did not start");
        return new KeyService(process, new Uri(address));
    }

    /// <summary>Is the service until standard input ends.</summary>
    public static async Task RunAsync(string milliseconds)
    {
        var serviceTime = TimeSpan.FromMilliseconds(double.Parse(milliseconds, CultureInfo.InvariantCulture));
        var description = await Console.In.ReadLineAsync() ?? "";
        var signature = await Console.In.ReadLineAsync() ?? "";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        await using var server = builder.Build();
        server.MapGet("/v1/transit/keys/bench", context => AnswerAsync(context, description, TimeSpan.Zero));
        server.MapPost(SignPath, context => AnswerAsync(context, signature, serviceTime));
        await server.StartAsync();
        await Console.Out.WriteLineAsync(
            server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Console.In.ReadToEndAsync();
    }

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // Answers of a real service do not all come at one tick of a timer.
    private static TimeSpan Around(TimeSpan time) => time * (RandomNumberGenerator.GetInt32(80, 121) / 100.0);

    private static async Task AnswerAsync(HttpContext context, string answer, TimeSpan after)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        if (after > TimeSpan.Zero)
            await Task.Delay(Around(after));
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.WriteAsync(answer);
    }
}
