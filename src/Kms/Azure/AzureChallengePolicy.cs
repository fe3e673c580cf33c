// SPDX-License-Identifier: Apache-2.0

using Azure.Core;
using Azure.Core.Pipeline;

namespace SupplyChain.Kms.Azure;

/// <summary>
/// Logs in to one vault. What the vault wants a token for is found out by a first request that has neither token nor content, and
/// remembered.
/// </summary>
/// <param name="domain">The domain that the vault is in.</param>
/// <param name="tokens">Gives tokens.</param>
internal sealed class AzureChallengePolicy(string domain, AzureTokens tokens) : HttpPipelinePolicy
{
    private volatile AzureChallenge? _known;

    /// <summary>Whether the answer in a message refuses a token that was kept from before, so that a new one may help.</summary>
    public static bool RefusesOldToken(HttpMessage message) => message.TryGetProperty(typeof(OldToken), out _);

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var challenge = _known ?? await AskAsync(message, pipeline);
        if (challenge is null)
            return;

        var (token, wasKnown) = await tokens.GetAsync(challenge, message.CancellationToken);
        message.Request.Headers.SetValue(HttpHeader.Names.Authorization, $"Bearer {token}");
        await ProcessNextAsync(message, pipeline);
        _known = challenge;
        if (message.Response.Status != 401)
            return;

        // The vault may be another tenant's by now.
        _known = null;
        tokens.Forget(challenge, token);
        if (wasKnown)
            message.SetProperty(typeof(OldToken), OldToken.Refused);
    }

    /// <summary>Nothing here waits with a thread.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Requests to vaults are asynchronous.");

    private async ValueTask<AzureChallenge?> AskAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var content = message.Request.Content;
        message.Request.Content = null;
        await ProcessNextAsync(message, pipeline);
        message.Request.Content = content;
        if (message.Response.Status is >= 200 and < 300)
            throw KmsException.Unavailable("the vault answers without asking who we are, as none does");
        if (message.Response.Status != 401)
            return null;

        var headers = message.Response.Headers.TryGetValues("WWW-Authenticate", out var given) ? given : [];
        return AzureChallenge.TryRead(headers, domain, out var challenge, out var problem)
            ? challenge
            : throw KmsException.Unusable($"no token is sent to the vault: {problem}");
    }

    private enum OldToken
    {
        Refused,
    }
}
