// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using SupplyChain.Kms.Http;
using SupplyChain.Model;

namespace SupplyChain.Kms.Azure;

/// <summary>One request's purpose, for messages: the key, and the permission that it takes.</summary>
internal sealed record AzurePurpose(string Name, string Permission);

/// <summary>Makes requests to vaults, each once when the vault is known.</summary>
internal sealed class AzureAccess : IDisposable
{
    private const string ApiVersion = "7.4";

    private static readonly string[] PublicCloud = ["vault.azure.net", "managedhsm.azure.net"];

    private readonly AzureKeyVaultOptions _options;
    private readonly TimeProvider _clock;
    private readonly AzureTokens _tokens;
    private readonly HttpClient _http = KmsHttp.CreateClient();
    private readonly HttpClientTransport _transport;
    private readonly ConcurrentDictionary<string, HttpPipeline> _vaults = new(StringComparer.Ordinal);

    public AzureAccess(AzureKeyVaultOptions options, TimeProvider clock, TokenCredential? credential)
    {
        (_options, _clock) = (options, clock);
        _transport = new HttpClientTransport(_http);
        _tokens = new AzureTokens(credential ?? AzureCredentials.Create(options, _http), clock);
    }

    /// <summary>The time.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Makes one request about a key.</summary>
    /// <param name="key">The key, with a version or without.</param>
    /// <param name="operation">What the key is to do with <paramref name="content"/>; nothing to read it.</param>
    /// <param name="content">What is sent.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="read">Takes what is needed out of the answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="KmsException">It was not answered, or refused.</exception>
    public async ValueTask<T> CallAsync<T>(
        AzureKeyUri key, string? operation, JsonObject? content, AzurePurpose purpose, Func<JsonElement, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var vault = _vaults.GetOrAdd(key.Host, _ => Connect(DomainOf(key)));
        using var limit = new CancellationTokenSource(Limits.KmsCall, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var message = vault.CreateMessage();
            message.Request.Method = operation is null ? RequestMethod.Get : RequestMethod.Post;
            message.Request.Uri.Reset(AddressOf(key, operation));
            message.Request.Headers.SetValue(HttpHeader.Names.Accept, "application/json");
            if (content is not null)
            {
                message.Request.Headers.SetValue(HttpHeader.Names.ContentType, "application/json");
                message.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(content.ToJsonString()));
            }

            await vault.SendAsync(message, either.Token);
            return message.Response.Status is >= 200 and < 300
                ? Read(message.Response.Content.ToMemory(), purpose, read)
                : throw AzureFaults.Read(message, purpose, Now);
        }
        catch (Exception failed) when (ct.IsCancellationRequested && failed is not KmsException)
        {
            throw new OperationCanceledException("the request to Azure Key Vault was given up", failed as OperationCanceledException, ct);
        }
        catch (Exception failed) when (AzureFaults.IsOfService(failed))
        {
            throw AzureFaults.Read(failed, purpose);
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _transport.Dispose();
        _http.Dispose();
    }

    private HttpPipeline Connect(string domain) => new(_transport, [new AzureChallengePolicy(domain, _tokens)]);

    private string DomainOf(AzureKeyUri key)
    {
        var domain = key.Host[(key.Host.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return PublicCloud.Concat(_options.Domains ?? []).Contains(domain, StringComparer.Ordinal)
            ? domain
            : throw KmsException.Unusable(
                $"{key} names a vault outside of {string.Join(", ", PublicCloud.Concat(_options.Domains ?? []))}; "
                + $"if {domain} has vaults of yours, add it to kms.azure.domains");
    }

    private Uri AddressOf(AzureKeyUri key, string? operation)
    {
        var origin = _options.Endpoints?.GetValueOrDefault(key.Host) ?? new Uri($"https://{key.Host}");
        var path = $"/keys/{key.Key}" + (key.Version is null ? "" : $"/{key.Version}") + (operation is null ? "" : $"/{operation}");
        return new Uri(origin, $"{path}?api-version={ApiVersion}");
    }

    private static T Read<T>(ReadOnlyMemory<byte> answer, AzurePurpose purpose, Func<JsonElement, T> read)
    {
        if (!StrictJson.TryParse(answer, out var document, out var problem))
            throw KmsException.Unavailable($"Azure Key Vault gave an answer about {purpose.Name} that cannot be read: {problem}");

        using (document)
        {
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? read(document.RootElement)
                : throw KmsException.Unavailable($"Azure Key Vault gave an answer about {purpose.Name} that is no object");
        }
    }
}
