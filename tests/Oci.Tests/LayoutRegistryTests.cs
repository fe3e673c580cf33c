// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Oci.Tests;

public sealed class LayoutRegistryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Client _client;

    public LayoutRegistryTests() => _client = NewClient();

    private string IndexPath => Path.Combine(_folder["layout"], "index.json");

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_stored_is_fetched_by_digest_and_by_tag_and_by_another_process()
    {
        var image = await PushImageAsync("v1");
        using var other = NewClient();

        Assert.Equal(image.Content.ToArray(), (await other.FetchAsync("v1"))?.Content.ToArray());
        Assert.Equal(image.Digest, (await other.FetchAsync(image.Digest))?.Digest);
        Assert.Equal(Manifest.EmptyConfigContent.ToArray(), await other.FetchAsync(image.Config!));
        Assert.Null(await other.FetchAsync("v2"));
        Assert.Null(await other.FetchAsync(Digest.Compute("nothing"u8)));
        Assert.Null(await other.FetchAsync(new Descriptor("a/b", Digest.Compute("nothing"u8), 7)));
    }

    [Fact]
    public async Task A_folder_without_a_layout_is_an_error_and_not_an_absence()
    {
        var fetch = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync("v1"));
        var byDigest = await Assert.ThrowsAsync<RegistryException>(async () =>
            await _client.FetchAsync(Digest.Compute("x"u8)));
        var blob = await Assert.ThrowsAsync<RegistryException>(async () =>
            await _client.FetchAsync(Manifest.EmptyConfig));
        var referrers = await Assert.ThrowsAsync<RegistryException>(async () =>
            await _client.ReferrersAsync(Digest.Compute("x"u8)));

        Assert.All(
            [fetch, byDigest, blob, referrers], fault => Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name));
        Assert.False(Directory.Exists(_folder["layout"]));
    }

    [Fact]
    public async Task Referrers_are_found_by_their_subject()
    {
        var image = await PushImageAsync("v1");
        Assert.Empty(await _client.ReferrersAsync(image.Digest));

        var one = await ReferrersTests.AttachAsync(_client, image, "one");
        var two = await ReferrersTests.AttachAsync(_client, image, "two");
        await Referrers.AttachAsync(_client.Registry, _client.Repository, one, Client.Token);

        var listed = await _client.ReferrersAsync(image.Digest);
        Assert.Equal(new HashSet<Digest> { one.Digest, two.Digest }, listed.Select(entry => entry.Digest).ToHashSet());
        Assert.All(listed, entry => Assert.Equal(MediaTypes.SigstoreBundle, entry.ArtifactType));
        Assert.Empty(await _client.ReferrersAsync(one.Digest));
        Assert.Equal(2, listed.Count);
    }

    [Fact]
    public async Task Referrers_that_another_tool_put_under_the_fallback_tag_are_found_too()
    {
        var image = await PushImageAsync("v1");
        var own = await ReferrersTests.AttachAsync(_client, image, "own");
        var foreign = await Samples.ReferrerAsync(_client, image, "foreign");
        var index = Manifest.WriteIndex([foreign.Descriptor, own.Descriptor]);
        await _client.Registry.PushManifestAsync(
            _client.Repository, index, Referrers.FallbackTag(image.Digest), Client.Token);

        var listed = await _client.ReferrersAsync(image.Digest);

        Assert.Equal(
            new HashSet<Digest> { own.Digest, foreign.Digest }, listed.Select(entry => entry.Digest).ToHashSet());
        Assert.Equal(2, listed.Count);
    }

    [Fact]
    public async Task More_referrers_than_are_examined_are_an_error()
    {
        var image = await PushImageAsync("v1");
        var index = Manifest.WriteIndex([.. Enumerable.Range(0, Limits.Referrers + 1).Select(i =>
            new Descriptor(MediaTypes.ImageManifest, Digest.Compute(Encoding.UTF8.GetBytes($"{i}")), 1))]);
        await _client.Registry.PushManifestAsync(
            _client.Repository, index, Referrers.FallbackTag(image.Digest), Client.Token);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.ReferrersAsync(image.Digest));

        Assert.Equal("TOO_MANY_SIGNATURES", fault.Reason.Name);
    }

    [Fact]
    public async Task A_referrer_that_cannot_be_read_is_listed_and_says_so_when_it_is_fetched()
    {
        var image = await PushImageAsync("v1");
        var odd = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"subject":{"digest":"{{image.Digest}}"},"layers":[]}""");
        await ListAsync(odd);

        var listed = Assert.Single(await _client.ReferrersAsync(image.Digest));
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync(listed.Digest));

        Assert.Equal("MANIFEST_MALFORMED", fault.Reason.Name);
    }

    [Fact]
    public async Task What_is_listed_but_not_there_and_what_is_no_manifest_refers_to_nothing()
    {
        var image = await PushImageAsync("v1");
        await ListAsync([.. "not JSON"u8]);
        var lost = await ListAsync([.. "{}"u8, (byte)' ']);
        File.Delete(BlobPath(lost));

        Assert.Empty(await _client.ReferrersAsync(image.Digest));
    }

    public static TheoryData<string, Func<byte[], byte[]>, string> Tampering => new()
    {
        { "other bytes of the same length", content => [.. content.Select(b => (byte)(b ^ 1))], "DIGEST_MISMATCH" },
        { "a byte too few", content => content[1..], "DIGEST_MISMATCH" },
        { "a byte too many", content => [.. content, 0], "REGISTRY_LIMIT" },
        { "nothing", _ => [], "DIGEST_MISMATCH" },
    };

    [Theory, MemberData(nameof(Tampering))]
    public async Task A_blob_that_was_tampered_with_is_refused(
        string because, Func<byte[], byte[]> tamper, string reason)
    {
        var image = await PushImageAsync("v1");
        var path = BlobPath(image.Layers[0].Digest);
        await File.WriteAllBytesAsync(path, tamper(await File.ReadAllBytesAsync(path)));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync(image.Layers[0]));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
    }

    [Fact]
    public async Task A_manifest_that_was_tampered_with_is_refused_wherever_it_is_met()
    {
        var image = await PushImageAsync("v1");
        var referrer = await ReferrersTests.AttachAsync(_client, image, "one");
        await File.AppendAllTextAsync(BlobPath(referrer.Digest), " ");
        using var fresh = NewClient();

        var fetch = await Assert.ThrowsAsync<RegistryException>(async () => await fresh.FetchAsync(referrer.Digest));
        var list = await Assert.ThrowsAsync<RegistryException>(async () => await fresh.ReferrersAsync(image.Digest));

        Assert.Equal("DIGEST_MISMATCH", fetch.Reason.Name);
        Assert.Equal("DIGEST_MISMATCH", list.Reason.Name);
    }

    [Fact]
    public async Task A_symbolic_link_is_not_followed()
    {
        var image = await PushImageAsync("v1");
        var path = BlobPath(image.Layers[0].Digest);
        File.Move(path, _folder["moved"]);
        File.CreateSymbolicLink(path, _folder["moved"]);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync(image.Layers[0]));

        Assert.Equal("REGISTRY_PROTOCOL", fault.Reason.Name);
    }

    [Fact]
    public async Task A_blob_larger_than_accepted_is_not_read()
    {
        var image = await PushImageAsync("v1");

        var claimed = await Assert.ThrowsAsync<RegistryException>(async () =>
            await _client.FetchAsync(image.Layers[0], limit: 1));
        Assert.Equal("REGISTRY_LIMIT", claimed.Reason.Name);

        await using (var grown = new FileStream(BlobPath(image.Digest), FileMode.Open))
            grown.SetLength(Limits.ManifestBytes + 1);
        var grew = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync(image.Digest));
        Assert.Equal("REGISTRY_LIMIT", grew.Reason.Name);
    }

    public static TheoryData<string, string?, string> Indexes => new()
    {
        { "gone", null, "REGISTRY_UNAVAILABLE" },
        { "cut off", """{"schemaVersion":2,"manifests":[""", "MANIFEST_MALFORMED" },
        { "without a list", """{"schemaVersion":2}""", "MANIFEST_MALFORMED" },
        { "two lists", """{"schemaVersion":2,"manifests":[],"manifests":[]}""", "MANIFEST_MALFORMED" },
        { "an image", """{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}]}""", "MANIFEST_MALFORMED" },
        { "a path for a digest", """{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:../../../../etc/passwd","size":1,"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}""", "MANIFEST_MALFORMED" },
        { "one name twice", """{"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"annotations":{"org.opencontainers.image.ref.name":"v1"}},{"mediaType":"a/b","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0,"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}""", "MANIFEST_AMBIGUOUS" },
        { "huge", "{\"schemaVersion\":2,\"manifests\":[" + new string(' ', Limits.LayoutIndexBytes) + "]}", "REGISTRY_LIMIT" },
    };

    [Theory, MemberData(nameof(Indexes))]
    public async Task An_index_that_cannot_be_meant_is_refused(string because, string? json, string reason)
    {
        await PushImageAsync("v1");
        if (json is null)
            File.Delete(IndexPath);
        else
            await File.WriteAllTextAsync(IndexPath, json);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync("v1"));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
    }

    [Fact]
    public async Task An_index_holds_as_many_manifests_as_are_read_and_no_more()
    {
        await PushImageAsync("v1");
        const string entry = """{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}""";
        await File.WriteAllTextAsync(IndexPath, Listing(Limits.LayoutManifests));
        Assert.Null(await _client.FetchAsync("v1"));

        await File.WriteAllTextAsync(IndexPath, Listing(Limits.LayoutManifests + 1));
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync("v1"));
        Assert.Equal("TOO_MANY_SIGNATURES", fault.Reason.Name);

        static string Listing(int count) => $$"""{"schemaVersion":2,"manifests":[{{string.Join(',', Enumerable.Repeat(entry, count))}}]}""";
    }

    [Theory]
    [InlineData("""{"imageLayoutVersion":"2.0.0"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_layout_of_an_unknown_version_is_refused(string marker)
    {
        await PushImageAsync("v1");
        await File.WriteAllTextAsync(Path.Combine(_folder["layout"], "oci-layout"), marker);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await _client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_PROTOCOL", fault.Reason.Name);
    }

    [Fact]
    public async Task A_tag_is_never_a_path()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _client.FetchAsync("../index.json"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _client.FetchAsync(""));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await _client.Registry.FetchManifestAsync(Repository.Parse("elsewhere.local/team/app"), "v1", Client.Token));
    }

    [Fact]
    public async Task A_manifest_whose_blobs_are_not_there_is_not_stored()
    {
        var (layer, _) = Samples.Signature("sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await _client.Registry.PushManifestAsync(
                _client.Repository, Manifest.WriteImage(null, layer, [layer]), "v1", Client.Token));

        Assert.Equal("BLOB_MISSING", fault.Reason.Name);
    }

    [Fact]
    public async Task Content_that_is_not_what_its_descriptor_says_is_not_stored()
    {
        var (layer, _) = Samples.Signature("sig");

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await _client.Registry.PushBlobAsync(_client.Repository, layer, "other"u8.ToArray(), Client.Token));
        Assert.False(Directory.Exists(_folder["layout"]));
    }

    [Fact]
    public async Task A_tag_that_moves_leaves_what_it_named_in_the_index_without_a_name()
    {
        var old = await PushImageAsync("v1", "old");
        await File.WriteAllTextAsync(IndexPath, (await File.ReadAllTextAsync(IndexPath))
            .Replace("\"annotations\":{", "\"x-unknown\":1,\"annotations\":{\"kept\":\"yes\",", StringComparison.Ordinal)
            .Replace("\"schemaVersion\":2", "\"schemaVersion\":2,\"x-root\":true", StringComparison.Ordinal));

        var renewed = await PushImageAsync("v1", "new");
        await PushImageAsync("v1", "new");

        using var index = JsonDocument.Parse(await File.ReadAllBytesAsync(IndexPath));
        var entries = index.RootElement.GetProperty("manifests");
        Assert.Equal(2, entries.GetArrayLength());
        Assert.Equal(old.Digest.ToString(), entries[0].GetProperty("digest").GetString());
        Assert.Equal("""{"kept":"yes"}""", entries[0].GetProperty("annotations").GetRawText());
        Assert.Equal(1, entries[0].GetProperty("x-unknown").GetInt32());
        Assert.True(index.RootElement.GetProperty("x-root").GetBoolean());
        Assert.Equal(renewed.Digest, (await _client.FetchAsync("v1"))?.Digest);
        Assert.Equal(old.Digest, (await _client.FetchAsync(old.Digest))?.Digest);
    }

    [Fact]
    public async Task One_manifest_may_have_two_tags()
    {
        var image = await PushImageAsync("v1");
        await _client.Registry.PushManifestAsync(_client.Repository, image, "latest", Client.Token);
        await _client.Registry.PushManifestAsync(_client.Repository, image, tag: null, Client.Token);

        Assert.Equal(image.Digest, (await _client.FetchAsync("v1"))?.Digest);
        Assert.Equal(image.Digest, (await _client.FetchAsync("latest"))?.Digest);
        using var index = JsonDocument.Parse(await File.ReadAllBytesAsync(IndexPath));
        Assert.Equal(2, index.RootElement.GetProperty("manifests").GetArrayLength());
    }

    [Fact]
    public async Task Writers_that_share_a_layout_lose_nothing()
    {
        var image = await PushImageAsync("v1");
        var clients = Enumerable.Range(0, 4).Select(_ => NewClient()).ToList();

        await Task.WhenAll(clients.SelectMany((client, writer) => Enumerable.Range(0, 6).Select(async i =>
        {
            await ReferrersTests.AttachAsync(client, image, $"{writer} {i}");
            var (layer, content) = Samples.Signature($"{writer} {i}");
            await TagLayout.AppendAsync(
                client.Registry, client.Repository, image.Digest, TagLayout.Signatures, layer, content, Client.Token);
        })));

        Assert.Equal(24, (await _client.ReferrersAsync(image.Digest)).Count);
        Assert.Equal(
            24, (await _client.FetchAsync(TagLayout.TagFor(image.Digest, TagLayout.Signatures)))?.Layers.Count);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_lock_that_is_not_given_back_is_a_conflict()
    {
        var image = await PushImageAsync("v1");
        await using var held = new FileStream(Path.Combine(_folder["layout"], ".supplychain", "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var client = NewClient(new FastClock(200));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.Registry.PushManifestAsync(client.Repository, image, "v2", Client.Token));

        Assert.Equal("PUBLISH_CONFLICT", fault.Reason.Name);
        Assert.Equal(image.Digest, (await client.FetchAsync("v1"))?.Digest);
    }

    [Fact]
    public async Task Nothing_but_the_layout_and_a_work_folder_is_left_behind()
    {
        var image = await PushImageAsync("v1");
        await ReferrersTests.AttachAsync(_client, image, "one");

        Assert.Equal(
            ".supplychain blobs index.json oci-layout",
            string.Join(' ', Directory.EnumerateFileSystemEntries(_folder["layout"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        Assert.Equal("lock", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder["layout"], ".supplychain")))));
        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", await File.ReadAllTextAsync(Path.Combine(_folder["layout"], "oci-layout")));
    }

    [Fact]
    public async Task A_layout_that_cannot_be_written_is_unavailable()
    {
        await File.WriteAllTextAsync(_folder["layout"], "a file where the folder should be");

        var fault = await Assert.ThrowsAsync<RegistryException>(() => PushImageAsync("v1"));

        Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name);
    }

    private Client NewClient(TimeProvider? clock = null) =>
        Client.Of(new RegistryOptions { Host = "registry.local", LayoutPath = _folder["layout"] }, clock: clock);

    private string BlobPath(Digest digest) => Path.Combine(_folder["layout"], "blobs", "sha256", digest.Hex);

    private async Task<Manifest> PushImageAsync(string tag, string content = "layer")
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var layer = new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Compute(bytes), bytes.Length);
        await _client.Registry.PushBlobAsync(
            _client.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, Client.Token);
        await _client.Registry.PushBlobAsync(_client.Repository, layer, bytes, Client.Token);
        var image = Manifest.WriteImage(null, Manifest.EmptyConfig, [layer]);
        await _client.Registry.PushManifestAsync(_client.Repository, image, tag, Client.Token);
        return image;
    }

    // As a tool would that does not look at what it lists.
    private async Task<Digest> ListAsync(byte[] content)
    {
        var digest = Digest.Compute(content);
        await File.WriteAllBytesAsync(BlobPath(digest), content);
        var entry = $$"""{"mediaType":"{{MediaTypes.ImageManifest}}","digest":"{{digest}}","size":{{content.Length}}}""";
        await File.WriteAllTextAsync(IndexPath, (await File.ReadAllTextAsync(IndexPath)).Replace("\"manifests\":[", $"\"manifests\":[{entry},", StringComparison.Ordinal));
        return digest;
    }
}
