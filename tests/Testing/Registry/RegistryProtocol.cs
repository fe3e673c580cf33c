// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using SupplyChain.Model;

namespace SupplyChain.Testing.Registry;

/// <summary>The distribution protocol over the stores: a request in, a reply out.</summary>
internal sealed class RegistryProtocol(RegistrySetup setup, ConcurrentDictionary<string, RegistryStore> stores)
{
    private const string ImageIndex = "application/vnd.oci.image.index.v1+json";
    private readonly ConcurrentDictionary<string, string> _uploads = new(StringComparer.Ordinal);
    private readonly Lock _tagLock = new();

    public Reply Answer(SeenRequest request, byte[] body)
    {
        if (request.Path is "/v2/" or "/v2")
            return Reply.Of(200);

        if (Split(request.Path) is not var (name, kind, rest))
            return NotFound();

        var store = stores.GetOrAdd(name, _ => new RegistryStore());
        return (kind, request.Method) switch
        {
            ("manifests", "GET" or "HEAD") => GetManifest(store, rest),
            ("manifests", "PUT") => PutManifest(store, rest, request, body),
            ("blobs", "POST") when rest is "uploads/" => OpenUpload(name),
            ("blobs", "PUT") when rest.StartsWith("uploads/", StringComparison.Ordinal) =>
                FinishUpload(store, rest[8..], request, body),
            ("blobs", "GET" or "HEAD") => GetBlob(store, rest),
            ("referrers", "GET") when setup.HasReferrersApi => ListReferrers(store, rest, request),
            _ => NotFound(),
        };
    }

    /// <summary>The repository that a path is about, or <see langword="null"/>.</summary>
    public static string? RepositoryOf(string path) => Split(path)?.Name;

    private static (string Name, string Kind, string Reference)? Split(string path)
    {
        foreach (var kind in new[] { "manifests", "blobs", "referrers" })
        {
            var at = path.IndexOf($"/{kind}/", StringComparison.Ordinal);
            if (at > 4 && path.StartsWith("/v2/", StringComparison.Ordinal))
                return (path[4..at], kind, path[(at + kind.Length + 2)..]);
        }

        return null;
    }

    // What docker-registry says to a route it does not know.
    private static Reply NotFound() =>
        Reply.Of(404, Encoding.UTF8.GetBytes("404 page not found\n"), ("Content-Type", "text/plain; charset=utf-8"));

    private static Reply GetManifest(RegistryStore store, string reference) =>
        store.FindManifest(reference) is { } found
        ? Reply.Of(
            200, found.Content, ("Content-Type", found.MediaType), ("Docker-Content-Digest", found.Digest.ToString()),
            ("ETag", $"\"{found.Digest}\""))
        : Reply.Error(404, "MANIFEST_UNKNOWN");

    private static Reply GetBlob(RegistryStore store, string digest) => store.FindBlob(digest) is { } found
        ? Reply.Of(200, found, ("Content-Type", "application/octet-stream"), ("Docker-Content-Digest", digest))
        : Reply.Error(404, "BLOB_UNKNOWN");

    private Reply PutManifest(RegistryStore store, string reference, SeenRequest request, byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var digest = Digest.Compute(body).ToString();
        var tag = reference.Contains(':', StringComparison.Ordinal) ? null : reference;
        if (tag is null && !string.Equals(reference, digest, StringComparison.Ordinal))
            return Reply.Error(400, "DIGEST_INVALID");

        if (store.FirstMissingBlob(document.RootElement) is not null)
            return Reply.Error(400, "MANIFEST_BLOB_UNKNOWN");

        lock (_tagLock)
        {
            if (setup.HonoursConditions && tag is not null && request.Header("If-Match") is { } condition
                && !string.Equals(condition, $"\"{store.FindManifest(tag)?.Digest}\"", StringComparison.Ordinal))
            {
                return Reply.Of(412);
            }

            store.AddManifest(body, request.Header("Content-Type") ?? "", tag);
        }

        var stored = Reply.Of(201, ("Docker-Content-Digest", digest), ("Location", $"/v2/x/manifests/{digest}"));
        return setup.AnnouncesSubjects && document.RootElement.TryGetProperty("subject", out var subject)
            ? stored.With("OCI-Subject", subject.GetProperty("digest").GetString())
            : stored;
    }

    private Reply OpenUpload(string name)
    {
        var id = Guid.NewGuid().ToString("N");
        _uploads[id] = name;
        return Reply.Of(202, ("Location", $"/v2/{name}/blobs/uploads/{id}?_state=opaque"));
    }

    private Reply FinishUpload(RegistryStore store, string id, SeenRequest request, byte[] body)
    {
        if (!_uploads.TryRemove(id, out _))
            return Reply.Error(404, "BLOB_UPLOAD_UNKNOWN");

        var stated = QueryHelpers.ParseQuery(request.Query)["digest"].ToString();
        return string.Equals(stated, store.AddBlob(body).Digest.ToString(), StringComparison.Ordinal)
            ? Reply.Of(201)
            : Reply.Error(400, "DIGEST_INVALID");
    }

    private Reply ListReferrers(RegistryStore store, string subject, SeenRequest request)
    {
        var all = store.ListReferrers(subject);
        var from = QueryHelpers.ParseQuery(request.Query).TryGetValue("from", out var given)
            ? int.Parse(given.ToString(), CultureInfo.InvariantCulture)
            : 0;
        var page = all.Skip(from).Take(setup.PageSize);
        var index = $$"""{"schemaVersion":2,"mediaType":"{{ImageIndex}}","manifests":[{{string.Join(',', page)}}]}""";
        var reply = Reply.Of(200, Encoding.UTF8.GetBytes(index), ("Content-Type", ImageIndex));
        return from + setup.PageSize < all.Count
            ? reply.With("Link", $"<{request.Path}?from={from + setup.PageSize}>; rel=\"next\"")
            : reply;
    }
}
