// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using SupplyChain.Model;

namespace SupplyChain.Kms.Http;

/// <summary>
/// How key services are spoken to: straight, without proxies, cookies or redirects, and with answers of bounded size that are read
/// as a whole.
/// </summary>
internal static class KmsHttp
{
    /// <summary>A client without a time limit of its own: calls end by their token.</summary>
    /// <param name="trusted">Certificate authorities besides the machine's.</param>
    /// <param name="checkAnswer">Says what is wrong with the body of a successful answer, or nothing.</param>
    public static HttpClient CreateClient(X509Certificate2Collection? trusted = null, Func<byte[], string?>? checkAnswer = null)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        if (trusted is { Count: > 0 })
        {
            sockets.SslOptions.RemoteCertificateValidationCallback =
                (_, certificate, chain, errors) => IsTrusted(trusted, certificate, chain, errors);
        }

        return new HttpClient(new WholeAnswers(checkAnswer) { InnerHandler = sockets }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Says what is wrong with a document that should be strict JSON.</summary>
    public static string? ProblemOfJson(byte[] content)
    {
        if (!StrictJson.TryParse(content, out var document, out var problem))
            return problem;

        document.Dispose();
        return null;
    }

    /// <summary>Whether a service may be reached at an address: https, or plain http on this machine.</summary>
    public static bool IsAcceptable(Uri address) =>
        address.IsAbsoluteUri && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    // A name that does not fit and a certificate that is missing stay refused; only an unknown authority is looked at again.
    private static bool IsTrusted(
        X509Certificate2Collection trusted, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors is SslPolicyErrors.None)
            return true;
        if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf || chain is null)
            return false;

        using var again = new X509Chain();
        again.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        again.ChainPolicy.CustomTrustStore.AddRange(trusted);
        again.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        again.ChainPolicy.DisableCertificateDownloads = true;
        again.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        again.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        return again.Build(leaf);
    }

    private sealed class WholeAnswers(Func<byte[], string?>? checkAnswer) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                if ((int)response.StatusCode is >= 300 and < 400)
                    throw new HttpRequestException($"the service answered with a redirect ({(int)response.StatusCode}), which is not followed");

                var content = await ReadAsync(response.Content, cancellationToken);
                if (response.IsSuccessStatusCode && checkAnswer?.Invoke(content) is { } problem)
                    throw new HttpRequestException($"the service's answer is malformed: {problem}");
                Replace(response, content);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }

        private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
        {
            // One byte more than allowed tells an answer that is too long from one that just fits.
            var buffer = new byte[(int)Math.Min(content.Headers.ContentLength ?? Limits.KmsAnswerBytes, Limits.KmsAnswerBytes) + 1];
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return length < buffer.Length
                ? buffer[..length]
                : throw new HttpRequestException($"the service's answer has more than {Limits.KmsAnswerBytes} bytes");
        }

        private static void Replace(HttpResponseMessage response, byte[] content)
        {
            var old = response.Content;
            response.Content = new ByteArrayContent(content);
            foreach (var (name, values) in old.Headers.NonValidated)
                response.Content.Headers.TryAddWithoutValidation(name, values);
            response.Content.Headers.ContentLength = content.Length;
            old.Dispose();
        }
    }
}
