// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using SupplyChain.Evidence;
using SupplyChain.Hosting;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Verifier.Webhook.Tls;

namespace SupplyChain.Verifier.Webhook;

/// <summary>
/// The HTTP host of the verifier: <c>POST /v1/admission/validate</c>, <c>POST /v1/verify</c>, <c>GET /healthz</c> and
/// <c>GET /readyz</c>. It maps HTTP to a call and a result to HTTP, nothing else.
/// </summary>
public static class WebhookApp
{
    private static readonly TimeSpan PolicyInterval = TimeSpan.FromSeconds(10);

    /// <summary>Builds the host over the configured registries and loads the policies. The caller starts it.</summary>
    /// <exception cref="ConfigurationException">A policy, key, registry or certificate cannot be used.</exception>
    public static ValueTask<WebApplication> BuildAsync(
        VerifierConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return BuildAsync(
            configuration, registries => new AdmissionEvidence(new AttachmentReader(registries)), clock, cancellationToken);
    }

    /// <summary>Builds the host over a source of evidence of the caller's own.</summary>
    /// <exception cref="ConfigurationException">A policy, key, registry or certificate cannot be used.</exception>
    public static async ValueTask<WebApplication> BuildAsync(
        VerifierConfiguration configuration, Func<Registries, IEvidenceSource> evidence, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(evidence);
        var trust = configuration.ClientAuthority is { } authority
            ? new ClientTrust(authority, configuration.ClientNames, clock)
            : null;
        var builder = ServiceHost.CreateBuilder(
            configuration, Limits.AdmissionReviewBytes, clock, (services, tls) => RequireWelcome(services, tls, trust));
        builder.Services.AddSingleton(_ => RegistriesSetup.Create(configuration, clock));
        builder.Services.AddSingleton(services => new PolicySource(
            configuration.Policies, configuration.Folder, KeySources.ForVerifying(configuration.Kms, clock), clock,
            services.GetRequiredService<ILogger<PolicySource>>(), configuration.PolicyApproval));
        builder.Services.AddSingleton(services => new AdmissionVerifier(
            evidence(services.GetRequiredService<Registries>()),
            new VerifierOptions
            {
                Cluster = configuration.Cluster,
                Policy = configuration.Policy,
                Deadline = configuration.Deadline,
            },
            clock));
        builder.Services.AddSingleton<PolicyFeed>();

        var app = builder.Build();
        try
        {
            await LoadPoliciesAsync(app, cancellationToken);
            Map(app, trust);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask LoadPoliciesAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var policies = app.Services.GetRequiredService<PolicySource>();
        var loaded = await policies.RefreshAsync(cancellationToken);
        if (!loaded.IsUsable)
        {
            var problems = loaded.Result.Problems.Select(found => found.ToString());
            throw new ConfigurationException([.. problems, .. loaded.KeyProblems]);
        }

        if (app.Services.GetRequiredService<PolicyFeed>().Refresh() is { } problem)
            throw new ConfigurationException($"policies: {problem}");
        policies.Watch(PolicyInterval);
    }

    private static void Map(WebApplication app, ClientTrust? trust)
    {
        var verifier = app.Services.GetRequiredService<AdmissionVerifier>();
        var feed = app.Services.GetRequiredService<PolicyFeed>();
        var logger = LoggerOf(app.Services);
        app.UseProblems(static fault => (fault as RegistryException)?.Reason);
        app.UseRouting();
        var policies = app.Services.GetRequiredService<PolicySource>();
        app.MapHealth(app.Services.GetRequiredService<Readiness>().RequirePolicies(policies, () =>
        {
            feed.Refresh();
            return verifier.IsReady;
        }));
        app.MapPost("/v1/admission/validate", Guard(new ReviewEndpoint(verifier, feed, logger).HandleAsync, trust, logger));
        app.MapPost("/v1/verify", Guard(new VerifyEndpoint(verifier, feed, logger).HandleAsync, trust, logger));
    }

    // Probes show no certificate, so one is asked for here and required where it matters; one that is shown has to be good.
    private static void RequireWelcome(IServiceProvider services, SslServerAuthenticationOptions tls, ClientTrust? trust)
    {
        if (trust is null)
            return;

        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            if (shown is null || trust.Refuse(shown) is not { } problem)
                return true;

            Log.CallerRefused(LoggerOf(services), problem);
            return false;
        };
    }

    // A connection with a certificate that is not welcome never came into being.
    private static RequestDelegate Guard(RequestDelegate handle, ClientTrust? trust, ILogger logger) => trust is null
        ? handle
        : context =>
        {
            if (context.Connection.ClientCertificate is not null)
                return handle(context);

            Log.CallerRefused(logger, "it shows no certificate");
            return Problems.For(ReasonCode.CallerUntrusted).ExecuteAsync(context);
        };

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("SupplyChain.Verifier.Webhook");
}
