// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json;

namespace SupplyChain.Kms.Vault;

/// <summary>Requests to the transit engine, by whoever we are logged in as.</summary>
internal sealed class VaultAccess : IDisposable
{
    private readonly VaultSettings _settings;
    private readonly VaultHttp _http;
    private readonly VaultTokens _tokens;

    public VaultAccess(VaultSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _http = new VaultHttp(settings, clock);
        _tokens = new VaultTokens(settings, _http, clock);
    }

    /// <summary>Makes a request; a refused token is replaced once.</summary>
    /// <param name="path">The path below the engine's mount.</param>
    /// <param name="body">What to send; <see langword="null"/> asks only.</param>
    /// <param name="purpose">What is being done, for messages.</param>
    /// <param name="permission">The capability that it takes and the path it takes it on, below the mount.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer's <c>data</c>; <see langword="null"/> if there is nothing at the path.</returns>
    /// <exception cref="KmsException">It was refused or not answered.</exception>
    public async ValueTask<JsonElement?> SendAsync(
        string path, byte[]? body, string purpose, (string Capability, string Path) permission, CancellationToken ct)
    {
        var token = await _tokens.GetAsync(ct);
        var answer = await AskAsync(token);
        if (answer.Status is HttpStatusCode.Forbidden && await _tokens.ReplaceAsync(token, ct) is { } other)
            answer = await AskAsync(other);

        if (answer.Status is HttpStatusCode.Forbidden)
        {
            throw KmsException.Unusable(
                $"Vault refused {purpose}: {answer.Words}; the token's policies may lack the capability \"{permission.Capability}\" "
                + $"on \"{_settings.Mount}/{permission.Path}\"{(_settings.Namespace is null ? "" : $" in the namespace {_settings.Namespace}")}");
        }

        if (answer.Status is HttpStatusCode.NotFound)
            return null;
        if (!answer.IsSuccess)
            throw answer.ToFault(purpose);
        return VaultJson.TryGet(answer.Document, "data", out var data)
            ? data
            : throw KmsException.Unavailable($"Vault answered without data on {purpose}");

        ValueTask<VaultAnswer> AskAsync(VaultToken with) =>
            _http.SendAsync($"{_settings.Mount}/{path}", with.Value, body, purpose, ct);
    }

    /// <summary>The key as messages name it.</summary>
    public string Describe(string key) => $"the key {key} of Vault's {_settings.Mount}";

    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
    }
}
