// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// How logs and authorities are spoken to: straight, without proxies, cookies or redirects, each call once, within
/// <see cref="Limits.TransparencyCall"/>, and with answers of bounded size that are read as a whole. One serves a process.
/// </summary>
/// <param name="clock">The time.</param>
public sealed class TransparencyHttp(TimeProvider clock) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The time that answers are held against.</summary>
    internal TimeProvider Clock => clock;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>The address of a service's path.</summary>
    /// <param name="service">The service, whose own path is kept.</param>
    /// <param name="path">The path below it.</param>
    internal static Uri AddressOf(Uri service, string path) => ServiceAddress.IsAcceptable(service)
        ? new Uri($"{service.AbsoluteUri.TrimEnd('/')}{path}")
        : throw new ArgumentException($"{service} is not an https URL without user, query and fragment, or http on this machine.", nameof(service));

    /// <summary>Makes a request and reads its whole answer.</summary>
    /// <param name="address">Where.</param>
    /// <param name="body">What is sent, and of which media type; null asks only.</param>
    /// <param name="accept">The media type that is expected.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TransparencyException">
    /// TRANSPARENCY_UNAVAILABLE: there is no answer, none that can be read, or the service failed or asks for fewer requests.
    /// </exception>
    internal async ValueTask<ServiceAnswer> SendAsync(
        Uri address, (byte[] Content, string MediaType)? body, string accept, CancellationToken cancellationToken)
    {
        using var limit = StartLimit();
        return await SendAsync(address, body, accept, limit.Token, cancellationToken);
    }

    /// <summary>The limit of one call, for several requests that it is made of.</summary>
    internal CancellationTokenSource StartLimit() => new(Limits.TransparencyCall, clock);

    /// <summary>The same within a limit that runs already.</summary>
    internal async ValueTask<ServiceAnswer> SendAsync(
        Uri address, (byte[] Content, string MediaType)? body, string accept, CancellationToken limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (body is { } sent)
        {
            request.Content = new ByteArrayContent(sent.Content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(sent.MediaType);
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Judge(address, response, await ReadAsync(address, response.Content, either.Token));
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw TransparencyException.Unavailable($"{Name(address)} did not answer within {Limits.TransparencyCall.TotalSeconds:0} s", late);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw TransparencyException.Unavailable(
                $"{Name(address)} could not be asked: {Printable.Escape(failed.GetBaseException().Message)}", failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new OperationCanceledException($"the request to {Name(address)} was given up", failed, cancellationToken);
        }
    }

    private ServiceAnswer Judge(Uri address, HttpResponseMessage response, byte[] content)
    {
        var status = (int)response.StatusCode;
        var retryAfter = response.Headers.RetryAfter;
        var pause = retryAfter?.Delta ?? retryAfter?.Date - clock.GetUtcNow();
        if (pause < TimeSpan.Zero)
            pause = null;
        if (pause > Limits.TransparencyPause)
            pause = Limits.TransparencyPause;
        return status switch
        {
            >= 200 and < 300 or >= 400 and < 500 and not 408 and not 429 =>
                new ServiceAnswer(address, status, content, response.Headers.Location, WordsOf(content)),
            429 => throw new TransparencyException(
                ReasonCode.TransparencyUnavailable, $"{Name(address)} asks for fewer requests (HTTP 429)") { RetryAfter = pause },
            >= 300 and < 400 => throw TransparencyException.Unavailable($"{Name(address)} answered with a redirect (HTTP {status}), which is not followed"),
            _ => throw new TransparencyException(
                ReasonCode.TransparencyUnavailable, $"{Name(address)} failed (HTTP {status}): {WordsOf(content)}") { RetryAfter = pause },
        };
    }

    private static async ValueTask<byte[]> ReadAsync(Uri address, HttpContent content, CancellationToken cancellationToken)
    {
        // One byte more than allowed tells an answer that is too long from one that just fits.
        var buffer = new byte[(int)Math.Min(content.Headers.ContentLength ?? Limits.TransparencyAnswerBytes, Limits.TransparencyAnswerBytes) + 1];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length < buffer.Length
            ? buffer[..length]
            : throw TransparencyException.Unavailable($"the answer of {Name(address)} has more than {Limits.TransparencyAnswerBytes} bytes");
    }

    // Errors are JSON with a message, at all of these services.
    private static string WordsOf(byte[] content)
    {
        if (!StrictJson.TryParse(content, out var document, out _))
            return "the error is not told";

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                    ? Printable.Escape(message.GetString())
                    : "the error is not told";
        }
    }

    private static string Name(Uri address) => Printable.Escape(address.GetLeftPart(UriPartial.Path));
}

/// <summary>What a service answered, short of not answering.</summary>
internal sealed record ServiceAnswer(Uri Address, int Status, byte[] Content, Uri? Location, string Words)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What an answer that is no success means.</summary>
    public TransparencyException ToRefusal() =>
        TransparencyException.Refused($"{Printable.Escape(Address.GetLeftPart(UriPartial.Path))} refused (HTTP {Status}): {Words}");

    /// <summary>What an answer that is not of the form it should have means.</summary>
    public TransparencyException Malformed(string problem) =>
        TransparencyException.Unavailable($"the answer of {Printable.Escape(Address.GetLeftPart(UriPartial.Path))} is malformed: {problem}");
}
