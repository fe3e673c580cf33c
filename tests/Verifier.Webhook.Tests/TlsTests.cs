// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Hosting;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Webhook.Tests;

/// <summary>Threat 68: who may ask.</summary>
public sealed class TlsTests
{
    private const string Tls = "\"tls\": { \"certificate\": \"server.pem\", \"key\": \"server.key\" }";
    private const string Guarded = Tls + ", \"clientAuthority\": \"clients.pem\"";

    [Fact]
    public async Task Reviews_are_answered_over_TLS()
    {
        using var server = new Authority("servers");
        await using var webhook = await StartAsync(Tls, server, null);
        using var client = Client(server, null);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(webhook, client));
    }

    [Fact]
    public async Task A_caller_with_a_certificate_of_the_authority_may_ask_and_one_without_may_not()
    {
        using var server = new Authority("servers");
        using var clients = new Authority("clients");
        await using var webhook = await StartAsync(Guarded, server, clients);

        using var known = Client(server, clients.Issue("kube-apiserver"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(webhook, known));

        using var nobody = Client(server, null);
        var (status, problem) = await webhook.PostAsync(
            "/v1/admission/validate", Reviews.Bytes(Reviews.Of(Reviews.Pod(Webhook.GoodImage))), nobody);
        Assert.Equal((HttpStatusCode.Forbidden, "CALLER_UNTRUSTED"), (status, problem["reason"]!.GetValue<string>()));
        (status, _) = await webhook.PostAsync("/v1/verify", "{\"images\":[\"a\"]}"u8.ToArray(), nobody);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(1, webhook.Evidence.Asked);
    }

    [Fact]
    public async Task Probes_need_no_certificate()
    {
        using var server = new Authority("servers");
        using var clients = new Authority("clients");
        await using var webhook = await StartAsync(Guarded, server, clients);
        using var probe = Client(server, null);
        using var response = await probe.GetAsync(new Uri(webhook.Address, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public static TheoryData<string, Func<Authority, X509Certificate2>> Unwelcome => new()
    {
        { "another authority of the same name", _ =>
            {
                using var impostor = new Authority("clients");
                return impostor.Issue("kube-apiserver");
            }
        },
        { "expired", clients => clients.Issue("kube-apiserver", expired: true) },
        { "for servers only", clients => clients.Issue("kube-apiserver", purpose: "1.3.6.1.5.5.7.3.1") },
        { "another name", clients => clients.Issue("kubelet") },
    };

    [Theory, MemberData(nameof(Unwelcome))]
    public async Task A_certificate_that_is_not_welcome_gets_no_connection(string because, Func<Authority, X509Certificate2> make)
    {
        using var server = new Authority("servers");
        using var clients = new Authority("clients");
        await using var webhook = await StartAsync(Guarded + ", \"clientNames\": [\"kube-apiserver\"]", server, clients);
        using var known = Client(server, clients.Issue("kube-apiserver"));
        Assert.Equal((because, HttpStatusCode.OK), (because, await AskAsync(webhook, known)));
        using var client = Client(server, make(clients));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(webhook, client));
    }

    [Theory]
    [InlineData("\"clientAuthority\": \"clients.pem\"", "https only")]
    [InlineData(Tls + ", \"clientNames\": [\"a\"]", "without clientAuthority")]
    [InlineData(Tls + ", \"clientAuthority\": \"absent.pem\"", "clientAuthority:")]
    [InlineData(Tls + ", \"clientAuthority\": \"server.key\"", "holds no certificate")]
    public async Task A_configuration_that_would_let_anybody_in_by_mistake_stops_the_start(string more, string expected)
    {
        using var server = new Authority("servers");
        using var clients = new Authority("clients");
        var scheme = more.Contains("\"tls\"", StringComparison.Ordinal) ? "https" : "http";
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(more, server, clients, scheme));
        Assert.Contains(refused.Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    private static Task<Webhook> StartAsync(string more, Authority server, Authority? clients, string scheme = "https") =>
        Webhook.StartAsync(more, scheme: scheme, prepare: webhook =>
        {
            using var certificate = server.Issue("127.0.0.1", purpose: "1.3.6.1.5.5.7.3.1");
            File.WriteAllText(webhook.Folder["server.pem"], certificate.ExportCertificatePem());
            File.WriteAllText(webhook.Folder["server.key"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            if (clients is not null)
                File.WriteAllText(webhook.Folder["clients.pem"], clients.Certificate.ExportCertificatePem());
        });

    private static async Task<HttpStatusCode> AskAsync(Webhook webhook, HttpClient client) =>
        (await webhook.PostAsync("/v1/admission/validate", Reviews.Bytes(Reviews.Of(Reviews.Pod(Webhook.GoodImage))), client)).Status;

    private static HttpClient Client(Authority server, X509Certificate2? certificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(server.Certificate);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        return new HttpClient(handler, disposeHandler: true);
    }

    public sealed class Authority : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Authority(string name)
        {
            var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
        }

        public X509Certificate2 Certificate { get; }

        public X509Certificate2 Issue(string name, bool expired = false, string purpose = "1.3.6.1.5.5.7.3.2")
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
            var names = new SubjectAlternativeNameBuilder();
            if (IPAddress.TryParse(name, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            var end = DateTimeOffset.UtcNow.AddDays(expired ? -1 : 5);
            using var issued = request.Create(Certificate, DateTimeOffset.UtcNow.AddDays(-5), end, RandomNumberGenerator.GetBytes(8));
            using var withKey = issued.CopyWithPrivateKey(key);
            return X509CertificateLoader.LoadPkcs12(
                withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }

        public void Dispose()
        {
            Certificate.Dispose();
            _key.Dispose();
        }
    }
}
