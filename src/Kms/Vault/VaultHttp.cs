// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Kms.Vault;

/// <summary>What Vault answered: the status, the words of its error, or the document.</summary>
internal sealed record VaultAnswer(HttpStatusCode Status, string Words, JsonElement Document, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>What an answer that is no success means, unless the caller knows better.</summary>
    public KmsException ToFault(string purpose) => (int)Status switch
    {
        429 => KmsException.Throttled($"Vault asks for fewer requests on {purpose}", RetryAfter),
        408 or 412 or 472 or 473 or >= 500 => Unavailable(purpose),
        >= 400 => KmsException.Unusable($"Vault refused {purpose} (HTTP {(int)Status}): {Words}"),
        _ => Unavailable(purpose),
    };

    private KmsException Unavailable(string purpose) => new(
        ReasonCode.KmsUnavailable, $"Vault failed on {purpose} (HTTP {(int)Status}): {Words}") { RetryAfter = RetryAfter };
}

/// <summary>Makes requests to Vault, each once.</summary>
internal sealed class VaultHttp(VaultSettings settings, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _client = settings.CreateClient();

    public void Dispose() => _client.Dispose();

    /// <summary>Makes a request and reads its whole answer.</summary>
    /// <param name="path">The path after <c>/v1/</c>.</param>
    /// <param name="token">Who we are; <see langword="null"/> for a login.</param>
    /// <param name="body">What to send; <see langword="null"/> asks only.</param>
    /// <param name="purpose">What is being done, for messages.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="KmsException">KMS_UNAVAILABLE: there is no answer, or none that can be read.</exception>
    public async ValueTask<VaultAnswer> SendAsync(string path, string? token, byte[]? body, string purpose, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(Limits.KmsCall, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        using var request = new HttpRequestMessage(
            body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(settings.Address, "/v1/" + path));
        request.Headers.Add("X-Vault-Request", "true");
        if (settings.Namespace is not null)
            request.Headers.Add("X-Vault-Namespace", settings.Namespace);
        if (token is not null)
            request.Headers.Add("X-Vault-Token", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            return Read(response, await response.Content.ReadAsByteArrayAsync(either.Token), purpose);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw KmsException.Unavailable($"Vault did not answer within {Limits.KmsCall.TotalSeconds:0} s on {purpose}", late);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException && !ct.IsCancellationRequested)
        {
            throw KmsException.Unavailable(
                $"Vault could not be asked for {purpose}: {Printable.Escape(failed.GetBaseException().Message)}", failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new OperationCanceledException("the request to Vault was given up", failed, ct);
        }
    }

    private VaultAnswer Read(HttpResponseMessage response, byte[] content, string purpose)
    {
        var retryAfter = response.Headers.RetryAfter;
        var pause = retryAfter?.Delta ?? retryAfter?.Date - clock.GetUtcNow();
        if (pause < TimeSpan.Zero)
            pause = null;
        if (!StrictJson.TryParse(content, out var document, out var problem))
        {
            return response.IsSuccessStatusCode
                ? throw KmsException.Unavailable($"Vault's answer on {purpose} is malformed: {problem}")
                : new VaultAnswer(response.StatusCode, "the error is not told", default, pause);
        }

        using (document)
            return new VaultAnswer(response.StatusCode, WordsOf(document.RootElement), document.RootElement.Clone(), pause);
    }

    private static string WordsOf(JsonElement document)
    {
        var words = document.ValueKind is JsonValueKind.Object && document.TryGetProperty("errors", out var errors)
            && errors.ValueKind is JsonValueKind.Array
            ? string.Join("; ", errors.EnumerateArray()
                .Where(error => error.ValueKind is JsonValueKind.String).Select(error => error.GetString()))
            : "";
        return words.Length == 0 ? "the error is not told" : Printable.Escape(words);
    }
}
