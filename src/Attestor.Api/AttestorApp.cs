// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Hosting.Identity;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// The HTTP host of the attestor: <c>POST /v1/attestations</c> and <c>/v1/evidence</c>, <c>GET /v1/decisions</c> and
/// <c>/v1/decisions/{id}</c>, <c>GET /healthz</c> and <c>/readyz</c>. It maps HTTP to a call and a result to HTTP, nothing else.
/// </summary>
public static class AttestorApp
{
    private static readonly TimeSpan PolicyInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ThreatDataInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReconciliationInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Builds the host: loads the policies and opens the ledger. The caller starts it; it then finishes what an earlier process left open.
    /// </summary>
    /// <exception cref="ConfigurationException">A policy, key, token, certificate or the ledger cannot be used.</exception>
    public static async ValueTask<WebApplication> BuildAsync(
        AttestorConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var builder = ServiceHost.CreateBuilder(configuration, configuration.Limits?.RequestBytes ?? Model.Limits.RequestBytes, clock);
        var password = await OpenPasswordAsync(configuration, cancellationToken);
        var ledger = await OpenLedgerAsync(configuration, clock, cancellationToken);
        if (password is not null)
            builder.Services.AddSingleton(_ => password);
        builder.Services.AddSingleton(_ => ledger);
        builder.Services.AddSingleton(_ => RegistriesSetup.Create(configuration, clock));
        builder.Services.AddSingleton(services => new PolicySource(
            configuration.Policies, configuration.Folder, KeySources.ForVerifying(configuration.Kms, clock), clock,
            services.GetRequiredService<ILogger<PolicySource>>(), configuration.PolicyApproval)
        {
            CheckSet = new AllowedServices(configuration.Transparency).Check,
        });
        builder.Services.AddSingleton(_ => new TransparencyHttp(clock));
        builder.Services.AddSingleton(services => new Witnesses(services.GetRequiredService<TransparencyHttp>(), clock));
        builder.Services.AddSingleton(services => new ThreatDataSource(
            configuration.ThreatData, clock, services.GetRequiredService<ILogger<ThreatDataSource>>()));
        var keys = KeySources.ForSigning(configuration.Kms, password, clock);
        builder.Services.AddSingleton(_ => new AttestorKeys(
            (uri, algorithm, stop) => keys.OpenAsync(uri.From(configuration.Folder), algorithm, stop), ledger, clock));
        builder.Services.AddSingleton(services => new SigningCycle(
            () => services.GetRequiredService<PolicySource>().Current, services.GetRequiredService<Registries>(),
            services.GetRequiredService<AttestorKeys>(),
            services.GetRequiredService<DecisionLedger>(), clock, services.GetRequiredService<ILogger<SigningCycle>>())
        {
            Witnesses = services.GetRequiredService<Witnesses>(),
            ThreatData = () => services.GetRequiredService<ThreatDataSource>().Current,
        });

        builder.Services.AddSingleton(services => new StandingEvidence(
            () => services.GetRequiredService<PolicySource>().Current, services.GetRequiredService<Registries>(),
            services.GetRequiredService<DecisionLedger>(), clock, services.GetRequiredService<ILogger<StandingEvidence>>())
        {
            ThreatData = () => services.GetRequiredService<ThreatDataSource>().Current,
        });

        builder.Services.AddHostedService(services => new KeyCheck(
            services.GetRequiredService<PolicySource>(), services.GetRequiredService<AttestorKeys>(), clock,
            services.GetRequiredService<ILogger<KeyCheck>>()));
        builder.Services.AddHostedService(services => new ReconciliationService(
            new Reconciliation(
                () => services.GetRequiredService<PolicySource>().Current, services.GetRequiredService<Registries>(),
                services.GetRequiredService<DecisionLedger>(), clock, services.GetRequiredService<ILogger<Reconciliation>>()),
            ReconciliationInterval));

        var app = builder.Build();
        await PrepareAsync(app, configuration, clock, cancellationToken);
        return app;
    }

    private static async ValueTask PrepareAsync(
        WebApplication app, AttestorConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var policies = app.Services.GetRequiredService<PolicySource>();
        var loaded = await policies.RefreshAsync(cancellationToken);
        if (!loaded.IsUsable)
            throw new ConfigurationException([.. loaded.Result.Problems.Select(problem => problem.ToString()), .. loaded.KeyProblems]);
        policies.Watch(PolicyInterval);
        var threatData = app.Services.GetRequiredService<ThreatDataSource>();
        await threatData.RefreshAsync(cancellationToken);
        threatData.Watch(ThreatDataInterval);

        var ledger = app.Services.GetRequiredService<DecisionLedger>();
        var cycle = app.Services.GetRequiredService<SigningCycle>();

        var requesters = await RequesterAuthentication.CreateAsync(
            configuration, clock, app.Services.GetRequiredService<ILogger<RequesterAuthentication>>(), cancellationToken);
        app.Lifetime.ApplicationStopped.Register(requesters.Dispose);

        app.UseProblems(ReasonOf);
        app.UseRouting();
        app.MapHealth(app.Services.GetRequiredService<Readiness>()
            .RequirePolicies(policies)
            .Require("ledger", async stop =>
            {
                await ledger.ProbeAsync(stop);
                return true;
            }));
        app.MapPost("/v1/attestations", new AttestationEndpoint(cycle, ledger, requesters).HandleAsync);
        app.MapPost("/v1/evidence", new EvidenceEndpoint(
            app.Services.GetRequiredService<StandingEvidence>(), ledger, requesters).HandleAsync);
        var decisions = new VisibleDecisions(ledger.Reader, () => policies.Current);
        app.MapGet("/v1/decisions", new DecisionListEndpoint(decisions, requesters, clock).HandleAsync);
        app.MapGet("/v1/decisions/{id}", new DecisionEndpoint(decisions, requesters).HandleAsync);
    }

    private static ReasonCode? ReasonOf(Exception fault) => fault switch
    {
        LedgerException ledger => ledger.Reason,
        RegistryException registry => registry.Reason,
        KmsException key => key.Reason,
        _ => null,
    };

    // Keys of a service need no password; a key file that is named all the same is told of when it is opened.
    private static async ValueTask<KeyPassword?> OpenPasswordAsync(
        AttestorConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            return configuration.KeyPasswordFile is { } file
                ? await KeyPassword.FromFileAsync(file, cancellationToken)
                : configuration.Kms is not null && Environment.GetEnvironmentVariable(KeyPassword.Variable) is null
                    ? null
                    : KeyPassword.FromEnvironment();
        }
        catch (KmsException missing)
        {
            throw new ConfigurationException($"keyPasswordFile: {missing.Message}", missing);
        }
    }

    private static async ValueTask<DecisionLedger> OpenLedgerAsync(
        AttestorConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            if (Path.GetDirectoryName(configuration.Ledger) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            return await DecisionLedger.OpenAsync(new LedgerOptions { Path = configuration.Ledger }, clock, cancellationToken);
        }
        catch (Exception fault) when (fault is LedgerException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"ledger {configuration.Ledger}: {fault.Message}", fault);
        }
    }
}
