// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>
/// What refers to a subject. OCI distribution-spec 1.1, "Listing Referrers" and "Referrers Tag Schema".
/// </summary>
/// <remarks>
/// <para>The API's answer stands alone when it lists something: a registry that has the API includes what older clients
/// put under the fallback tag before it had it. When it lists nothing, the tag is read as well, which costs a request
/// only for subjects without referrers and finds what a client wrote under the tag although the API is there. A
/// registry can always withhold evidence; nothing here makes absence a pass.</para>
/// <para>Absence of the API is what the specification and its clients take for it: 404, 400, 405, 406, or a page of
/// another type. A fault is never taken for it.</para>
/// </remarks>
internal sealed partial class HttpRegistry
{
    private readonly UnlistedRepositories _unlisted;

    public async ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(
        Repository repository, Digest subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var skipApi = _unlisted.Contains(repository);
        if (skipApi && await ReadFallbackAsync(repository, subject, cancellationToken) is { } known)
            return known;

        var listed = await _operation.RunAsync(attempt => AskApiAsync(repository, subject, attempt), cancellationToken);
        if (listed is { Count: > 0 } || skipApi)
            return listed ?? [];

        var underTag = await ReadFallbackAsync(repository, subject, cancellationToken);
        if (listed is null && underTag is not null)
            _unlisted.Remember(repository);
        return underTag ?? [];
    }

    /// <summary>What the API lists, or <see langword="null"/> if there is no API.</summary>
    private async ValueTask<IReadOnlyList<Descriptor>?> AskApiAsync(
        Repository repository, Digest subject, Attempt attempt)
    {
        var first = Url(repository, $"referrers/{subject}");
        var found = new ReferrerList(subject);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        for (Uri? page = first; page is not null;)
        {
            if (!visited.Add(page.PathAndQuery) || visited.Count > Limits.ReferrerPages)
                throw new RegistryException(
                    ReasonCode.TooManySignatures,
                    $"the referrers of {subject} fill more than {Limits.ReferrerPages} pages, or pages that go round");

            var request = new RegistryRequest(HttpMethod.Get, page, RepositoryScope.Pull(repository))
            {
                Accept = MediaTypes.ImageIndex,
            };
            using var response = await _transport.SendAsync(request, attempt);
            if (page == first && IsWithoutApi(response))
                return null;

            await RequireAsync(response, HttpStatusCode.OK, $"the question for the referrers of {subject}", attempt);
            var content = await BodyReader.ReadAsync(response, Limits.ManifestBytes, attempt)
                ?? throw new RegistryException(
                    ReasonCode.RegistryLimit,
                    $"{_options.Host} sends a page of referrers of more than {Limits.ManifestBytes} bytes");
            if (!ManifestReader.TryRead(
                content, MediaTypeOf(response), ManifestReader.Bounds.Registry, out var index, out var problem))
                throw new RegistryException(problem);

            found.AddRange(index.Manifests);
            page = NextPage(response, first);
        }

        return found.Descriptors;
    }

    private async ValueTask<IReadOnlyList<Descriptor>?> ReadFallbackAsync(
        Repository repository, Digest subject, CancellationToken cancellationToken)
    {
        var index = await FetchManifestAsync(repository, Oci.Referrers.FallbackTag(subject), cancellationToken);
        if (index is null)
            return null;

        if (!index.IsIndex)
            throw new RegistryException(
                ReasonCode.ManifestMalformed,
                $"the fallback tag for the referrers of {subject} names an image, not an index");

        var found = new ReferrerList(subject);
        found.AddRange(index.Manifests);
        return found.Descriptors;
    }

    private static bool IsWithoutApi(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed
            or HttpStatusCode.NotAcceptable => true,
        HttpStatusCode.OK => MediaTypeOf(response) is not MediaTypes.ImageIndex,
        _ => false,
    };

    private Uri? NextPage(HttpResponseMessage response, Uri first)
    {
        if (!response.Headers.NonValidated.TryGetValues("Link", out var links)
            || LinkHeader.FindNext(links) is not { } link)
            return null;

        return Origin.TryResolve(first, link, out var next) && Origin.Of(next) == _own
            && string.Equals(next.AbsolutePath, first.AbsolutePath, StringComparison.Ordinal)
                ? next
                : throw new RegistryException(
                    ReasonCode.RedirectNotAllowed, $"{_options.Host} continues a list of referrers at another place");
    }
}
