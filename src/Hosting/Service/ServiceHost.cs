// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Hosting;

/// <summary>
/// The web server of both services: one listener, nothing taken from environment variables or settings files, so that
/// the configuration file is the whole truth.
/// </summary>
public static class ServiceHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    // How long load balancers may take to notice that the service is going; a local one has none.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Prepares the server. <see cref="Readiness"/> and <see cref="TimeProvider"/> are registered as services. A
    /// certificate that cannot be used fails the start with a <see cref="ConfigurationException"/>, before a port opens.
    /// </summary>
    /// <param name="configuration">Where and how to listen.</param>
    /// <param name="requestBytes">The largest request body; endpoints may set less.</param>
    /// <param name="clock">The time.</param>
    /// <param name="secure">Adds to the TLS options of each new connection, such as what clients have to show.</param>
    public static WebApplicationBuilder CreateBuilder(
        ServiceConfiguration configuration, long requestBytes, TimeProvider clock,
        Action<IServiceProvider, SslServerAuthenticationOptions>? secure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.TryAddSingleton(clock);
        builder.Services.TryAddSingleton<Readiness>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddHostedService(services => new GracefulStop(
            services.GetRequiredService<Readiness>(), configuration.Address.IsLoopback ? TimeSpan.Zero : DrainTime, clock,
            services.GetRequiredService<ILogger<GracefulStop>>()));
        if (configuration.Tls is { } tls)
        {
            builder.Services.TryAddSingleton(services =>
                new ServerCertificate(tls, clock, services.GetRequiredService<ILogger<ServerCertificate>>()));
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => Listen(server, configuration, requestBytes, secure));
        if (configuration.Tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        return builder;
    }

    private static void Listen(
        KestrelServerOptions server, ServiceConfiguration configuration, long requestBytes,
        Action<IServiceProvider, SslServerAuthenticationOptions>? secure)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = requestBytes;
        if (configuration.Address.Address.Equals(IPAddress.IPv6Any))
            server.ListenAnyIP(configuration.Address.Port, Serve);
        else
            server.Listen(configuration.Address.Address, configuration.Address.Port, Serve);

        void Serve(ListenOptions endpoint)
        {
            if (configuration.Tls is null)
                return;

            var certificate = endpoint.ApplicationServices.GetRequiredService<ServerCertificate>();
            endpoint.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ =>
                {
                    var options = new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = certificate.Current,
                        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    };
                    secure?.Invoke(endpoint.ApplicationServices, options);
                    return ValueTask.FromResult(options);
                },
            });
        }
    }
}
