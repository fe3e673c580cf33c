// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Google;

/// <summary>One request's purpose, for messages: the key, the permission that it takes, and a role that has it.</summary>
internal sealed record GooglePurpose(string Name, string Permission, string Role);

/// <summary>Makes requests to Google Cloud KMS, each once, with a bearer token.</summary>
/// <param name="endpoint">Where the service is.</param>
/// <param name="clock">The time that calls are limited by.</param>
/// <param name="token">Gives an access token that is good for now.</param>
internal sealed class GoogleAccess(Uri endpoint, TimeProvider clock, Func<CancellationToken, Task<string>> token) : IDisposable
{
    private readonly HttpClient _http = KmsHttp.CreateClient();

    /// <summary>Reads something.</summary>
    /// <param name="resource">Its name and, after a question mark, parameters.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="read">Takes what is needed out of the answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="KmsException">It was not answered, or refused.</exception>
    public ValueTask<T> GetAsync<T>(string resource, GooglePurpose purpose, Func<JsonElement, T> read, CancellationToken ct) =>
        CallAsync(HttpMethod.Get, resource, content: null, purpose, read, ct);

    /// <summary>Has something done.</summary>
    /// <param name="resource">The name of what does it, a colon and the verb.</param>
    /// <param name="content">What to do.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="read">Takes what is needed out of the answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="KmsException">It was not answered, or refused.</exception>
    public ValueTask<T> PostAsync<T>(
        string resource, JsonObject content, GooglePurpose purpose, Func<JsonElement, T> read, CancellationToken ct) =>
        CallAsync(HttpMethod.Post, resource, content, purpose, read, ct);

    public void Dispose() => _http.Dispose();

    private async ValueTask<T> CallAsync<T>(
        HttpMethod method, string resource, JsonObject? content, GooglePurpose purpose, Func<JsonElement, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(Limits.KmsCall, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(endpoint, $"/v1/{resource}"));
            if (content is not null)
                request.Content = new StringContent(content.ToJsonString(), Encoding.UTF8, "application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await GetTokenAsync(purpose, either.Token));
            using var response = await _http.SendAsync(request, either.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.IsSuccessStatusCode ? Read(answer, purpose, read) : throw GoogleFaults.Read(response, answer, purpose);
        }
        catch (Exception failed) when (ct.IsCancellationRequested && failed is not KmsException)
        {
            throw new OperationCanceledException("the request to Google Cloud KMS was given up", failed as OperationCanceledException, ct);
        }
        catch (Exception late) when (late is OperationCanceledException || (limit.IsCancellationRequested && late is not KmsException))
        {
            throw KmsException.Unavailable(
                $"Google Cloud KMS did not answer about {purpose.Name} within {Limits.KmsCall.TotalSeconds:0} s", late);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw KmsException.Unavailable(
                $"Google Cloud KMS could not be asked about {purpose.Name}: {Printable.Escape(failed.GetBaseException().Message)}", failed);
        }
    }

    private async Task<string> GetTokenAsync(GooglePurpose purpose, CancellationToken ct)
    {
        try
        {
            return await token(ct).WaitAsync(ct);
        }
        catch (Exception failed) when (!ct.IsCancellationRequested && failed is not KmsException)
        {
            throw GoogleFaults.OfCredentials(failed, purpose);
        }
    }

    private static T Read<T>(byte[] answer, GooglePurpose purpose, Func<JsonElement, T> read)
    {
        if (!StrictJson.TryParse(answer, out var document, out var problem))
            throw KmsException.Unavailable($"Google Cloud KMS gave an answer about {purpose.Name} that cannot be read: {problem}");

        using (document)
        {
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? read(document.RootElement)
                : throw KmsException.Unavailable($"Google Cloud KMS gave an answer about {purpose.Name} that is no object");
        }
    }
}
