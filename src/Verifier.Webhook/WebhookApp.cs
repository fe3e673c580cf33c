// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Verifier.Webhook.Tls;

namespace SupplyChain.Verifier.Webhook;

/// <summary>
/// The HTTP host of the verifier: <c>POST /v1/admission/validate</c>, <c>POST /v1/verify</c>, <c>GET /healthz</c> and
/// <c>GET /readyz</c>. It maps HTTP to a call and a result to HTTP, nothing else.
/// </summary>
public static class WebhookApp
{
    private const string LoggerName = "SupplyChain.Verifier.Webhook";

    /// <summary>Builds the host; the caller starts it, and gives the verifier its policy.</summary>
    /// <param name="options">Where to listen and to whom.</param>
    /// <param name="verifier">What decides.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configureLogging">Where to log; null for the console.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    /// <exception cref="IOException">A certificate file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A certificate file is not one.</exception>
    public static WebApplication Build(
        WebhookOptions options, AdmissionVerifier verifier, TimeProvider time, Action<ILoggingBuilder>? configureLogging = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(verifier);
        if (options.FindProblem() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        // No configuration sources and no arguments: every option is explicit.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = LoggerName });
        builder.Configuration.Sources.Clear();
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (configureLogging is not null)
        {
            builder.Logging.ClearProviders();
            configureLogging(builder.Logging);
        }

        var trust = options.ClientAuthorityFile is { } authorities
            ? new ClientTrust(authorities, options.ClientNames, time)
            : null;
        builder.WebHost.ConfigureKestrel(server => Configure(server, options, trust, time));

        var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LoggerName);
        Map(app, verifier, trust, logger);
        return app;
    }

    private static void Configure(KestrelServerOptions server, WebhookOptions options, ClientTrust? trust, TimeProvider time)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = Limits.AdmissionReviewBytes;
        server.Listen(options.Listen, listen =>
        {
            if (options.CertificateFile is null)
                return;

            var logger = server.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(LoggerName);
            var certificate = new ServerCertificate(options.CertificateFile, options.KeyFile!, time, logger);
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Current,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    // Probes show no certificate, so one is asked for here and required where it matters; one that is
                    // shown has to be good.
                    ClientCertificateRequired = trust is not null,
                    RemoteCertificateValidationCallback = (_, shown, _, _) => IsWelcome(trust, shown, logger),
                }),
            });
        });
    }

    private static void Map(WebApplication app, AdmissionVerifier verifier, ClientTrust? trust, ILogger logger)
    {
        app.MapPost("/v1/admission/validate", Guarded(new ReviewEndpoint(verifier, logger).HandleAsync, trust, logger));
        app.MapPost("/v1/verify", Guarded(new VerifyEndpoint(verifier, logger).HandleAsync, trust, logger));
        app.MapGet("/healthz", static context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", context => verifier.IsReady
            ? context.Response.WriteAsync("ok\n")
            : Problems.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ReasonCode.NotReady, "no policy has been loaded yet"));
    }

    private static bool IsWelcome(ClientTrust? trust, X509Certificate? shown, ILogger logger)
    {
        if (trust is null || shown is null)
            return true;
        if (trust.Refuse((X509Certificate2)shown) is not { } problem)
            return true;

        Log.CallerRefused(logger, problem);
        return false;
    }

    // A connection with a certificate that is not welcome never came into being.
    private static RequestDelegate Guarded(RequestDelegate handle, ClientTrust? trust, ILogger logger) => trust is null
        ? handle
        : context =>
        {
            if (context.Connection.ClientCertificate is not null)
                return handle(context);

            const string Problem = "the caller shows no certificate";
            Log.CallerRefused(logger, Problem);
            return Problems.WriteAsync(context, StatusCodes.Status403Forbidden, ReasonCode.CallerUntrusted, Problem);
        };
}
