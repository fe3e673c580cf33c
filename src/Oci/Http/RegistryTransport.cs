// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>A request to the registry itself.</summary>
internal sealed record RegistryRequest(HttpMethod Method, Uri Target, RepositoryScope Scope)
{
    public string? Accept { get; init; }

    public ReadOnlyMemory<byte>? Content { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    public string? IfMatch { get; init; }
}

/// <summary>
/// Sends a request with our proof of identity, renews that once if it is refused, and follows downloads by hand.
/// </summary>
internal sealed class RegistryTransport(
    Origin own, RedirectRule rule, RegistryAuthorization authorization, WireClient wire)
{
    /// <summary>
    /// The answer, whatever its status but a redirect or a 401 that could be helped; the caller disposes it.
    /// </summary>
    public async ValueTask<HttpResponseMessage> SendAsync(RegistryRequest request, Attempt attempt)
    {
        var proof = await authorization.ForAsync(request.Scope, attempt);
        var response = await SendOnceAsync(request, request.Target, proof, attempt);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            using (var denial = response)
            {
                var renewed = await authorization.RenewAsync(denial, request.Scope, proof, attempt)
                    ?? throw new RegistryException(
                        ReasonCode.RegistryDenied,
                        $"{request.Target.Authority} asks for credentials for {request.Scope.Path}, "
                        + (proof is null ? "and none are configured" : "and refuses those configured"));
                response = await SendOnceAsync(request, request.Target, proof = renewed, attempt);
            }
        }

        return IsRedirect(response) ? await FollowAsync(request, response, proof, attempt) : response;
    }

    private async ValueTask<HttpResponseMessage> FollowAsync(
        RegistryRequest request, HttpResponseMessage response, AuthenticationHeaderValue? proof, Attempt attempt)
    {
        var at = request.Target;
        for (var hop = 1; IsRedirect(response); hop++)
        {
            using (response)
            {
                if (request.Content is not null || request.Method == HttpMethod.Post)
                    throw NotAllowed(request, "an upload");

                if (hop > Limits.Redirects)
                    throw NotAllowed(request, $"a request more than {Limits.Redirects} times");

                var location = response.Headers.NonValidated.TryGetValues("Location", out var values)
                    ? values.ToString()
                    : null;
                if (!Origin.TryResolve(at, location, out var target))
                    throw NotAllowed(request, "a request to something that is no acceptable URL");

                if (!rule.AllowsDownloadFrom(target))
                    throw NotAllowed(request, $"a request to {Origin.Of(target)}, which is not configured for it");

                // Once it has left the registry's own origin a request never carries a proof again.
                if (Origin.Of(target) != own)
                    proof = null;

                at = target;
            }

            response = await SendOnceAsync(request, at, proof, attempt);
        }

        return response;
    }

    private async ValueTask<HttpResponseMessage> SendOnceAsync(
        RegistryRequest request, Uri target, AuthenticationHeaderValue? proof, Attempt attempt)
    {
        using var message = new HttpRequestMessage(request.Method, target);
        message.Headers.Authorization = proof;
        if (request.Accept is not null)
            message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (request.IfMatch is not null)
            message.Headers.TryAddWithoutValidation("If-Match", request.IfMatch);
        if (request.Content is { } content)
        {
            message.Content = new ReadOnlyMemoryContent(content);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        return await wire.SendAsync(message, attempt);
    }

    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static RegistryException NotAllowed(RegistryRequest request, string what) =>
        new(ReasonCode.RedirectNotAllowed, $"{request.Target.Authority} redirects {what}");
}
