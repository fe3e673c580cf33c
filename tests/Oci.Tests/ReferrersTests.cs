// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threats 27, 31 and 33: listing what refers to an image, and adding to it.</summary>
public sealed class ReferrersTests
{
    private const string Api = "/v2/team/app/referrers/*";
    private const string Tagged = "/v2/team/app/manifests/sha256-*";

    public static TheoryData<string, RegistrySetup> Kinds => new()
    {
        { "with the API", RegistrySetup.Modern },
        { "without it", RegistrySetup.Classic },
        { "with the API, not announcing subjects", RegistrySetup.Modern with { AnnouncesSubjects = false } },
        { "without it, honouring conditions", RegistrySetup.Classic with { HonoursConditions = true } },
    };

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_attached_is_listed(string because, RegistrySetup setup)
    {
        await using var simulator = await RegistrySimulator.StartAsync(setup);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        Assert.Empty(await client.ReferrersAsync(image.Digest));

        var first = await AttachAsync(client, image, "one");
        var second = await AttachAsync(client, image, "two");
        await Referrers.AttachAsync(client.Registry, client.Repository, first, Client.Token);

        var listed = await client.ReferrersAsync(image.Digest);
        Assert.True(listed.Count == 2, because);
        Assert.Equal(
            new HashSet<Digest> { first.Digest, second.Digest }, listed.Select(descriptor => descriptor.Digest).ToHashSet());
        Assert.All(listed, descriptor => Assert.Equal(MediaTypes.SigstoreBundle, descriptor.ArtifactType));
        Assert.Equal(image.Digest, (await client.FetchAsync("v1"))?.Digest);
    }

    [Fact]
    public async Task Where_the_registry_keeps_the_list_no_tag_is_written()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);

        await AttachAsync(client, image, "one");

        Assert.Equal("v1", string.Join(' ', simulator.In("team/app").Tags));
        Assert.Equal(0, simulator.Count("*", Tagged));
    }

    [Fact]
    public async Task Only_tags_made_of_the_subjects_digest_are_written()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);

        await AttachAsync(client, image, "one");
        var (layer, content) = Samples.Signature("sig");
        await TagLayout.AppendAsync(
            client.Registry, client.Repository, image.Digest, TagLayout.Signatures, layer, content, Client.Token);

        Assert.Equal(
            $"sha256-{image.Digest.Hex} sha256-{image.Digest.Hex}.sig v1", string.Join(' ', simulator.In("team/app").Tags));
        Assert.Equal(image.Content.ToArray(), simulator.In("team/app").FindManifest("v1")?.Content);
    }

    public static TheoryData<string, FaultEffect> WithoutApi => new()
    {
        { "404", FaultEffect.Status(404) },
        { "400", FaultEffect.Status(400) },
        { "405", FaultEffect.Status(405) },
        { "406", FaultEffect.Status(406) },
        { "a page of another type", new FaultEffect.Answer(Reply.Of(200, [.. "<html></html>"u8], ("Content-Type", "text/html"))) },
        { "a page of no type", new FaultEffect.Answer(Reply.Of(200, [.. "{}"u8])) },
    };

    [Theory, MemberData(nameof(WithoutApi))]
    public async Task What_clients_take_for_a_missing_API_leads_to_the_fallback_tag(string because, FaultEffect effect)
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var attached = await AttachAsync(client, image, "one");
        using var fresh = Client.Of(simulator);
        simulator.Break("GET", Api, effect);

        var listed = await fresh.ReferrersAsync(image.Digest);

        Assert.True(listed.Single().Digest == attached.Digest, because);
    }

    public static TheoryData<string, FaultEffect, string> ApiFaults => new()
    {
        { "401", FaultEffect.Status(401), "REGISTRY_DENIED" },
        { "403", FaultEffect.Status(403), "REGISTRY_DENIED" },
        { "429", FaultEffect.Status(429), "REGISTRY_THROTTLED" },
        { "500", FaultEffect.Status(500), "REGISTRY_UNAVAILABLE" },
        { "broken connection", new FaultEffect.LoseAnswer(), "REGISTRY_UNAVAILABLE" },
        { "hang", new FaultEffect.Hang(), "REGISTRY_UNAVAILABLE" },
        { "endless", new FaultEffect.Endless(MediaTypes.ImageIndex), "REGISTRY_LIMIT" },
        { "not JSON", Page("x"), "MANIFEST_MALFORMED" },
        { "no list", Page("""{"schemaVersion":2}"""), "MANIFEST_MALFORMED" },
        { "a list that is an object", Page("""{"schemaVersion":2,"manifests":{}}"""), "MANIFEST_MALFORMED" },
        { "two lists", Page("""{"schemaVersion":2,"manifests":[],"manifests":[]}"""), "MANIFEST_MALFORMED" },
        { "a page that is an image as well", Page("""{"schemaVersion":2,"manifests":[],"layers":[]}"""), "MANIFEST_AMBIGUOUS" },
        { "an entry without a digest", Page("""{"schemaVersion":2,"manifests":[{"mediaType":"a/b","size":1}]}"""), "MANIFEST_MALFORMED" },
        { "another redirect", FaultEffect.RedirectTo("https://evil.example.com/"), "REDIRECT_NOT_ALLOWED" },
    };

    [Theory, MemberData(nameof(ApiFaults))]
    public async Task A_fault_is_never_taken_for_no_referrers(string because, FaultEffect effect, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator, clock: new FastClock(10), with: Client.PatienceFor(effect));
        var image = await ImageAsync(simulator, client);
        simulator.Break("GET", Api, effect);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.ReferrersAsync(image.Digest));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
        Assert.Equal(0, simulator.Count("GET", Tagged));
    }

    [Fact]
    public async Task A_fault_of_the_fallback_tag_is_never_taken_for_no_referrers()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        simulator.Break("GET", Tagged, FaultEffect.Status(503));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.ReferrersAsync(image.Digest));

        Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name);
    }

    [Fact]
    public async Task A_fallback_tag_that_names_an_image_is_an_error_for_reader_and_writer()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        simulator.In("team/app").SetTag(Referrers.FallbackTag(image.Digest), image.Digest);

        var reading = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.ReferrersAsync(image.Digest));
        var writing = await Assert.ThrowsAsync<RegistryException>(async () => await AttachAsync(client, image, "one"));

        Assert.Equal("MANIFEST_MALFORMED", reading.Reason.Name);
        Assert.Equal("MANIFEST_MALFORMED", writing.Reason.Name);
    }

    [Fact]
    public async Task All_pages_are_read()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Modern with { PageSize = 3 });
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        Fill(simulator, image, 8);

        Assert.Equal(8, (await client.ReferrersAsync(image.Digest)).Count);
        Assert.Equal(3, simulator.Count("GET", Api));
    }

    public static TheoryData<string, int, int, string?> Amounts => new()
    {
        { "as many as are examined", Limits.Referrers, 100, null },
        { "one more", Limits.Referrers + 1, 100, "TOO_MANY_SIGNATURES" },
        { "as many pages as are read", Limits.ReferrerPages, 1, null },
        { "one page more", Limits.ReferrerPages + 1, 1, "TOO_MANY_SIGNATURES" },
    };

    [Theory, MemberData(nameof(Amounts))]
    public async Task Too_many_are_an_error_and_never_a_cut_list(
        string because, int count, int pageSize, string? reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { PageSize = pageSize });
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        Fill(simulator, image, count);

        if (reason is null)
        {
            Assert.True((await client.ReferrersAsync(image.Digest)).Count == count, because);
            return;
        }

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.ReferrersAsync(image.Digest));
        Assert.Equal(reason, fault.Reason.Name);
    }

    public static TheoryData<string, string, string, int> Links => new()
    {
        { "to itself", "<{path}>; rel=\"next\"", "TOO_MANY_SIGNATURES", 1 },
        { "round and round", "<{path}?from=1>; rel=\"next\"", "TOO_MANY_SIGNATURES", 2 },
        { "to another host", "<https://evil.example.com{path}?from=1>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
        { "to cloud metadata", "<http://169.254.169.254/>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
        { "to another repository", "</v2/team/other/referrers/x>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
        { "to another subject", "<{path}0?from=1>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
        { "upwards", "<{path}/../../x>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
        { "among others", "<{path}?a>; rel=\"prev\", <https://evil.example.com/>; rel=\"next\"", "REDIRECT_NOT_ALLOWED", 1 },
    };

    [Theory, MemberData(nameof(Links))]
    public async Task A_next_page_is_looked_for_only_in_the_same_list(
        string because, string link, string reason, int requests)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        Fill(simulator, image, 2);
        simulator.Break("GET", Api, FaultEffect.Header(
            "Link", link.Replace("{path}", $"/v2/team/app/referrers/{image.Digest}", StringComparison.Ordinal)));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.ReferrersAsync(image.Digest));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
        Assert.Equal(requests, simulator.Count("GET", Api));
    }

    [Fact]
    public async Task The_tag_is_read_as_well_when_the_API_lists_nothing_and_only_then()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var index = Manifest.WriteIndex([image.Descriptor with { ArtifactType = "a/b" }]);
        simulator.In("team/app").AddManifest(index.Content.ToArray(), index.MediaType, Referrers.FallbackTag(image.Digest));

        Assert.Equal(image.Digest, (await client.ReferrersAsync(image.Digest)).Single().Digest);

        Fill(simulator, image, 1);
        simulator.ForgetRequests();
        Assert.NotEqual(image.Digest, (await client.ReferrersAsync(image.Digest)).Single().Digest);
        Assert.Equal(0, simulator.Count("GET", Tagged));
    }

    [Fact]
    public async Task A_repository_without_the_API_is_remembered_for_five_minutes_and_while_its_tag_is_found()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        var clock = new ManualClock();
        using var writer = Client.Of(simulator);
        using var client = Client.Of(simulator, clock: clock);
        var image = await ImageAsync(simulator, client);
        await AttachAsync(writer, image, "one");
        simulator.ForgetRequests();

        await client.ReferrersAsync(image.Digest);
        await client.ReferrersAsync(image.Digest);
        Assert.Equal(1, simulator.Count("GET", Api));

        // Another image of the repository has no tag: then the API is asked again.
        Assert.Empty(await client.ReferrersAsync(Digest.Compute("other"u8)));
        Assert.Equal(2, simulator.Count("GET", Api));

        clock.Advance(TimeSpan.FromMinutes(5));
        await client.ReferrersAsync(image.Digest);
        Assert.Equal(3, simulator.Count("GET", Api));
    }

    [Theory]
    [InlineData("application/vnd.oci.empty.v1+json")]
    [InlineData("")]
    [InlineData("application/vnd.evil")]
    public async Task Whatever_an_index_says_about_a_type_nothing_is_filtered(string artifactType)
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var index = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.ImageIndex}}","manifests":[{"mediaType":"{{MediaTypes.ImageManifest}}","digest":"{{image.Digest}}","size":1,"artifactType":"{{artifactType}}"}]}""";
        simulator.In("team/app").AddManifest(Encoding.UTF8.GetBytes(index), MediaTypes.ImageIndex, Referrers.FallbackTag(image.Digest));

        Assert.Single(await client.ReferrersAsync(image.Digest));
    }

    [Fact]
    public async Task Another_writers_entries_are_kept_to_the_last_member()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var foreign = $$"""{"mediaType":"{{MediaTypes.ImageManifest}}","digest":"{{image.Digest}}","size":1,"artifactType":"a/b","urls":["https://example.com/x"],"platform":{"os":"linux","architecture":"amd64","os.version":"9"},"x-unknown":[{"b":1},true]}""";
        var index = $$"""{"annotations":{"z":"1"},"schemaVersion":2,"manifests":[{{foreign}}],"mediaType":"{{MediaTypes.ImageIndex}}","x-root":1}""";
        simulator.In("team/app").AddManifest(Encoding.UTF8.GetBytes(index), MediaTypes.ImageIndex, Referrers.FallbackTag(image.Digest));

        var attached = await AttachAsync(client, image, "one");

        using var stored = JsonDocument.Parse(
            simulator.In("team/app").FindManifest(Referrers.FallbackTag(image.Digest))!.Content);
        Assert.Equal(foreign, stored.RootElement.GetProperty("manifests")[0].GetRawText());
        Assert.Equal(attached.Digest.ToString(), stored.RootElement.GetProperty("manifests")[1].GetProperty("digest").GetString());
        Assert.Equal(1, stored.RootElement.GetProperty("x-root").GetInt32());
        Assert.Equal("1", stored.RootElement.GetProperty("annotations").GetProperty("z").GetString());
    }

    [Fact]
    public async Task What_a_registry_took_but_does_not_show_is_not_attached()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        simulator.Break("GET", Api, Page("""{"schemaVersion":2,"manifests":[]}"""));

        var hidden = await Assert.ThrowsAsync<RegistryException>(async () => await AttachAsync(client, image, "one"));
        Assert.Equal("PUBLISH_CONFLICT", hidden.Reason.Name);

        simulator.Mend();
        simulator.Break("GET", "/v2/team/app/manifests/sha256:*", FaultEffect.Status(404));
        var lost = await Assert.ThrowsAsync<RegistryException>(async () => await AttachAsync(client, image, "two"));
        Assert.Equal("PUBLISH_CONFLICT", lost.Reason.Name);
    }

    [Fact]
    public async Task What_a_registry_withholds_is_absent_and_nothing_takes_its_place()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        await AttachAsync(client, image, "older");
        var newest = await AttachAsync(client, image, "newest");
        simulator.In("team/app").LoseManifest(newest.Digest);

        Assert.DoesNotContain(
            await client.ReferrersAsync(image.Digest), descriptor => descriptor.Digest == newest.Digest);
        Assert.Null(await client.FetchAsync(newest.Digest));
    }

    [Fact]
    public async Task A_referrer_whose_blob_is_not_there_is_not_stored()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var referrer = await Samples.ReferrerAsync(client, image, "one");
        simulator.In("team/app").LoseBlob(referrer.Layers[0].Digest);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await Referrers.AttachAsync(client.Registry, client.Repository, referrer, Client.Token));

        Assert.Equal("BLOB_MISSING", fault.Reason.Name);
    }

    [Fact]
    public async Task A_list_that_is_full_is_not_made_longer()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        var full = Manifest.WriteIndex([.. Enumerable.Range(0, Limits.Referrers).Select(i =>
            new Descriptor(MediaTypes.ImageManifest, Digest.Compute(Encoding.UTF8.GetBytes($"{i}")), 1))]);
        simulator.In("team/app").AddManifest(full.Content.ToArray(), full.MediaType, Referrers.FallbackTag(image.Digest));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await AttachAsync(client, image, "one"));

        Assert.Equal("TOO_MANY_SIGNATURES", fault.Reason.Name);
        Assert.Equal(full.Content.ToArray(), simulator.In("team/app").FindManifest(Referrers.FallbackTag(image.Digest))?.Content);
    }

    [Fact]
    public async Task A_list_that_is_null_is_empty_and_can_be_added_to()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);
        simulator.In("team/app").AddManifest(
            [.. """{"schemaVersion":2,"manifests":null}"""u8], MediaTypes.ImageIndex, Referrers.FallbackTag(image.Digest));
        Assert.Empty(await client.ReferrersAsync(image.Digest));

        var attached = await AttachAsync(client, image, "one");

        Assert.Equal(attached.Digest, Assert.Single(await client.ReferrersAsync(image.Digest)).Digest);
    }

    [Fact]
    public async Task A_manifest_without_a_subject_refers_to_nothing()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var image = await ImageAsync(simulator, client);

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await Referrers.AttachAsync(client.Registry, client.Repository, image, Client.Token));
    }

    [Fact]
    public void The_fallback_tag_of_a_longer_digest_is_cut_as_the_specification_says()
    {
        var longer = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData("x"u8));

        Assert.Equal($"sha512-{longer.Hex[..64]}", Referrers.FallbackTag(longer));
    }

    internal static async Task<Manifest> ImageAsync(RegistrySimulator simulator, Client client)
    {
        simulator.In("team/app").AddImage(tag: "v1");
        return await client.FetchAsync("v1") ?? throw new InvalidOperationException("the simulator lost its image");
    }

    internal static async Task<Manifest> AttachAsync(Client client, Manifest image, string content)
    {
        var referrer = await Samples.ReferrerAsync(client, image, content);
        await Referrers.AttachAsync(client.Registry, client.Repository, referrer, Client.Token);
        return referrer;
    }

    private static void Fill(RegistrySimulator simulator, Manifest image, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var layer = simulator.In("team/app").AddBlob(Encoding.UTF8.GetBytes($"{i}"), MediaTypes.SigstoreBundle);
            var referrer = Manifest.WriteImage(
                MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], image.Descriptor);
            simulator.In("team/app").AddManifest(referrer.Content.ToArray(), referrer.MediaType);
        }
    }

    private static FaultEffect.Answer Page(string json) =>
        new(Reply.Of(200, Encoding.UTF8.GetBytes(json), ("Content-Type", MediaTypes.ImageIndex)));
}
