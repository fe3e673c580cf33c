// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Oci.Tests;

/// <summary>Threats 24, 27, 32 and 52: what counts as a manifest.</summary>
public sealed class ManifestTests
{
    private const string Config = """{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}""";
    private const string Image = $$"""{"schemaVersion":2,"config":{{Config}},"layers":[{{Config}}]}""";
    private const string Index = $$"""{"schemaVersion":2,"manifests":[{{Config}}]}""";

    public static TheoryData<string, string, string?, string> Accepted => new()
    {
        { "an image by its members", Image, null, MediaTypes.ImageManifest },
        { "an index by its members", Index, null, MediaTypes.ImageIndex },
        { "an image by what it was served as", Image, MediaTypes.DockerManifest, MediaTypes.DockerManifest },
        { "an index by what it was served as", Index, MediaTypes.DockerManifestList, MediaTypes.DockerManifestList },
        { "an image by its own word", With(Image, "mediaType", $"\"{MediaTypes.DockerManifest}\""), null, MediaTypes.DockerManifest },
        { "both agree", With(Index, "mediaType", $"\"{MediaTypes.ImageIndex}\""), MediaTypes.ImageIndex, MediaTypes.ImageIndex },
        { "Docker's image without layers", With(Image, "layers", "[]"), MediaTypes.DockerManifest, MediaTypes.DockerManifest },
        { "an empty index as Go writes it", With(Index, "manifests", "null"), null, MediaTypes.ImageIndex },
        { "an empty index", With(Index, "manifests", "[]"), null, MediaTypes.ImageIndex },
        { "unknown members", With(Image, "x-vendor", "[1,2]"), null, MediaTypes.ImageManifest },
        { "optional members that are null", With(With(With(Image, "annotations", "null"), "subject", "null"), "mediaType", "null"), null, MediaTypes.ImageManifest },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void Is_read_as_one_thing(string because, string json, string? servedAs, string mediaType)
    {
        Assert.True(Manifest.TryRead(Encoding.UTF8.GetBytes(json), servedAs, out var manifest, out var problem), $"{because}: {problem}");
        Assert.Equal(mediaType, manifest.MediaType);
        Assert.Equal(Digest.Compute(Encoding.UTF8.GetBytes(json)), manifest.Digest);
        Assert.Equal(json.Length, manifest.Descriptor.Size);
    }

    public static TheoryData<string, string, string?, string, string> Refused => new()
    {
        { "both lists, an image first", With(Image, "manifests", "[]"), null, "MANIFEST_AMBIGUOUS", "'config'" },
        { "both lists, as an image", With(Image, "manifests", "[]"), MediaTypes.ImageManifest, "MANIFEST_AMBIGUOUS", "'manifests'" },
        { "both lists, as an index", With(Index, "layers", "[]"), MediaTypes.ImageIndex, "MANIFEST_AMBIGUOUS", "'layers'" },
        { "another list that is null", With(Index, "layers", "null"), MediaTypes.ImageIndex, "MANIFEST_AMBIGUOUS", "'layers'" },
        { "an index with a configuration", With(Index, "config", Config), MediaTypes.ImageIndex, "MANIFEST_AMBIGUOUS", "'config'" },
        { "an image with the members of schema 1", With(Image, "fsLayers", "[]"), null, "MANIFEST_AMBIGUOUS", "'fsLayers'" },
        { "an image with signatures of schema 1", With(Image, "signatures", "[]"), null, "MANIFEST_AMBIGUOUS", "'signatures'" },
        { "an image with a history of schema 1", With(Image, "history", "[]"), null, "MANIFEST_AMBIGUOUS", "'history'" },
        { "an image with blobs", With(Image, "blobs", "[]"), null, "MANIFEST_AMBIGUOUS", "'blobs'" },
        { "served as something else than it says", With(Image, "mediaType", $"\"{MediaTypes.ImageManifest}\""), MediaTypes.DockerManifest, "MANIFEST_AMBIGUOUS", "calls itself" },
        { "served as the other kind", With(Image, "mediaType", $"\"{MediaTypes.ImageManifest}\""), MediaTypes.ImageIndex, "MANIFEST_AMBIGUOUS", "calls itself" },
        { "an image served as an index", Image, MediaTypes.ImageIndex, "MANIFEST_AMBIGUOUS", "'config'" },
        { "an index served as an image", Index, MediaTypes.ImageManifest, "MANIFEST_AMBIGUOUS", "'manifests'" },
        { "a list in another case", With(Image, "Manifests", "[]"), null, "MANIFEST_AMBIGUOUS", "'Manifests'" },
        { "a list in capitals", With(Index, "LAYERS", "[]"), null, "MANIFEST_AMBIGUOUS", "'LAYERS'" },
        { "a list with a long s", With(Index, "layer\u017F", "[]"), null, "MANIFEST_AMBIGUOUS", "layer" },
        { "a type in another case", With(Image, "MediaType", "\"a/b\""), null, "MANIFEST_AMBIGUOUS", "'MediaType'" },
        { "a descriptor's digest in another case", Image.Replace("\"size\":2", "\"size\":2,\"Digest\":\"x\"", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "'Digest'" },
        { "the same list twice", Image.Replace("\"layers\"", "\"layers\":[],\"layers\"", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "JSON" },
        { "the same list twice, once escaped", Image.Replace("\"layers\"", "\"layer\\u0073\":[],\"layers\"", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "JSON" },
        { "schema 1", """{"schemaVersion":1,"name":"x","tag":"y","fsLayers":[],"history":[]}""", null, "MANIFEST_MALFORMED", "schema version 1" },
        { "schema 1 as it is served", """{"schemaVersion":1,"name":"x","tag":"y","fsLayers":[],"history":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws", "MANIFEST_MALFORMED", "schema version 1" },
        { "schema 2.0", With(Image, "schemaVersion", "2.0"), null, "MANIFEST_MALFORMED", "schema version" },
        { "a schema that is text", With(Image, "schemaVersion", "\"2\""), null, "MANIFEST_MALFORMED", "schemaVersion" },
        { "no schema", Image.Replace("\"schemaVersion\":2,", "", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "schemaVersion" },
        { "an artifact manifest, given up by OCI", """{"schemaVersion":2,"mediaType":"application/vnd.oci.artifact.manifest.v1+json"}""", null, "MANIFEST_MALFORMED", "not a manifest type" },
        { "served as a web page", Image, "text/html", "MANIFEST_MALFORMED", "not a manifest type" },
        { "served as nothing in particular", Image, "application/json", "MANIFEST_MALFORMED", "not a manifest type" },
        { "a type that is no media type", With(Image, "mediaType", "\"manifest\""), null, "MANIFEST_MALFORMED", "media type" },
        { "no configuration", """{"schemaVersion":2,"layers":[]}""", null, "MANIFEST_MALFORMED", "no config" },
        { "no layers", $$"""{"schemaVersion":2,"config":{{Config}}}""", null, "MANIFEST_MALFORMED", "list of layers" },
        { "OCI's image with layers that are null", With(Image, "layers", "null"), null, "MANIFEST_MALFORMED", "empty" },
        { "layers that are text", With(Image, "layers", "\"\""), null, "MANIFEST_MALFORMED", "list of layers" },
        { "OCI's image without layers", With(Image, "layers", "[]"), null, "MANIFEST_MALFORMED", "empty" },
        { "manifests that are an object", With(Index, "manifests", "{}"), null, "MANIFEST_MALFORMED", "list of manifests" },
        { "a negative size", Image.Replace("\"size\":2", "\"size\":-1", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "size" },
        { "minus zero", Image.Replace("\"size\":2", "\"size\":-0", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "size" },
        { "a fraction of a byte", Image.Replace("\"size\":2", "\"size\":2.5", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "size" },
        { "an exponent", Image.Replace("\"size\":2", "\"size\":2e3", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "size" },
        { "more bytes than there can be", Image.Replace("\"size\":2", "\"size\":9223372036854775808", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "size" },
        { "annotations that are no text", With(Image, "annotations", """{"a":1}"""), null, "MANIFEST_MALFORMED", "annotations" },
        { "a subject that is text", With(Image, "subject", "\"x\""), null, "MANIFEST_MALFORMED", "subject" },
        { "an artifact type that is a number", With(Image, "artifactType", "1"), null, "MANIFEST_MALFORMED", "artifactType" },
        { "embedded data that is something else", Image.Replace("\"size\":2", "\"size\":2,\"data\":\"e30x\"", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "data" },
        { "embedded data with spaces", Image.Replace("\"size\":2", "\"size\":2,\"data\":\"e3 0=\"", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "data" },
        { "a platform without a name", Index.Replace("\"size\":2", "\"size\":2,\"platform\":{\"os\":\"\",\"architecture\":\"amd64\"}", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "platform" },
        { "a platform with a slash in it", Index.Replace("\"size\":2", "\"size\":2,\"platform\":{\"os\":\"linux/amd64\",\"architecture\":\"v8\",\"variant\":\"x\"}", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "platform" },
        { "a platform that passes for another by a slash", Index.Replace("\"size\":2", "\"size\":2,\"platform\":{\"os\":\"linux/arm64\",\"architecture\":\"v8\"}", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "platform" },
        { "a platform that readers in Go take for a runnable one", Index.Replace("\"size\":2", "\"size\":2,\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\",\"OS\":\"linux\",\"Architecture\":\"amd64\"}", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "'OS'" },
        { "a platform's variant in another case", Index.Replace("\"size\":2", "\"size\":2,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"Variant\":\"v7\"}", StringComparison.Ordinal), null, "MANIFEST_MALFORMED", "'Variant'" },
        { "an array", "[]", null, "MANIFEST_MALFORMED", "not an object" },
        { "nothing", "", null, "MANIFEST_MALFORMED", "JSON" },
        { "cut off", Image[..^1], null, "MANIFEST_MALFORMED", "JSON" },
        { "something behind it", Image + "{}", null, "MANIFEST_MALFORMED", "JSON" },
        { "too deep", With(Image, "x", new string('[', 70) + new string(']', 70)), null, "MANIFEST_MALFORMED", "JSON" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Is_refused_with_a_reason(string because, string json, string? servedAs, string reason, string expected)
    {
        Assert.False(Manifest.TryRead(Encoding.UTF8.GetBytes(json), servedAs, out _, out var problem), because);
        Assert.True(string.Equals(reason, problem.Reason.Name, StringComparison.Ordinal), $"{because}: {problem}");
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, int> Counts => new()
    {
        { "layers", MediaTypes.ImageManifest, Limits.ManifestLayers, 10_000 },
        { "manifests", MediaTypes.ImageIndex, Limits.IndexManifests, 10_000 },
    };

    [Theory, MemberData(nameof(Counts))]
    public void Long_lists_are_read_up_to_the_limit_and_refused_beyond(
        string list, string mediaType, int most, int flood)
    {
        Assert.True(Manifest.TryRead(Listing(most), mediaType, out var manifest, out _));
        Assert.Equal(most, manifest.Layers.Count + manifest.Manifests.Count);

        foreach (var count in new[] { most + 1, flood })
        {
            Assert.False(Manifest.TryRead(Listing(count), mediaType, out _, out var problem));
            Assert.Equal("TOO_MANY_SIGNATURES", problem.Reason.Name);
        }

        byte[] Listing(int count) => Encoding.UTF8.GetBytes(
            With(list is "layers" ? Image : Index, list, $"[{string.Join(',', Enumerable.Repeat(Config, count))}]"));
    }

    [Fact]
    public void More_bytes_than_the_limit_are_not_parsed()
    {
        var atLimit = Encoding.UTF8.GetBytes(Image.PadRight(Limits.ManifestBytes));

        Assert.True(Manifest.TryRead(atLimit, null, out _, out _));
        Assert.False(Manifest.TryRead((byte[])[.. atLimit, (byte)' '], null, out _, out var problem));
        Assert.Equal("REGISTRY_LIMIT", problem.Reason.Name);
    }

    [Fact]
    public void The_bytes_are_its_own_once_it_is_read()
    {
        var bytes = Encoding.UTF8.GetBytes(Image);
        Assert.True(Manifest.TryRead(bytes, null, out var manifest, out _));

        bytes[0] = 0;

        Assert.Equal(Image, Encoding.UTF8.GetString(manifest.Content.Span));
        Assert.Equal(Digest.Compute(manifest.Content.Span), manifest.Digest);
    }

    [Fact]
    public void What_is_written_has_stable_bytes()
    {
        var layer = new Descriptor("text/plain", Digest.Compute("x"u8), 1)
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["z"] = "1", ["a"] = "ü\"\n" },
        };
        var subject = new Descriptor(MediaTypes.ImageManifest, Digest.Compute("image"u8), 5)
        {
            ArtifactType = "dropped/here", Platform = new Platform("linux", "amd64"),
        };
        var notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.created"] = "2026-11-22T10:00:00Z" };

        var manifest = Manifest.WriteImage(MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], subject, notes);

        Assert.Equal(
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"text/plain","digest":"sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","size":1,"annotations":{"a":"ü\"\n","z":"1"}}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d","size":5},"annotations":{"org.opencontainers.image.created":"2026-11-22T10:00:00Z"}}""".Replace("ü\"\n", "ü\\\"\\n", StringComparison.Ordinal),
            Encoding.UTF8.GetString(manifest.Content.Span));
        Assert.Equal(manifest.Digest, Manifest.WriteImage(MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], subject, notes).Digest);
        Assert.Equal(MediaTypes.SigstoreBundle, manifest.Descriptor.ArtifactType);
        Assert.Equal(notes, manifest.Descriptor.Annotations);
        Assert.Equal(subject.Digest, manifest.Subject?.Digest);
    }

    [Fact]
    public void An_index_is_written_with_what_each_manifest_is()
    {
        var child = new Descriptor(MediaTypes.ImageManifest, Digest.Compute("x"u8), 1) { Platform = new Platform("linux", "arm64", "v8") };

        var index = Manifest.WriteIndex([child]);

        Assert.True(Manifest.TryRead(index.Content, MediaTypes.ImageIndex, out var read, out _));
        Assert.Equal(child, read.Manifests.Single() with { Annotations = child.Annotations });
    }

    [Fact]
    public void What_nobody_could_read_is_not_written()
    {
        Assert.Throws<RegistryException>(() =>
            Manifest.WriteImage("no media type", Manifest.EmptyConfig, [Manifest.EmptyConfig]));
        Assert.Throws<RegistryException>(() => Manifest.WriteImage(null, Manifest.EmptyConfig, []));
    }

    [Theory]
    [InlineData("vectors/oci/image-spec.manifest.json", MediaTypes.ImageManifest)]
    [InlineData("vectors/oci/image-spec.imageindex.json", MediaTypes.ImageIndex)]
    public void The_image_specifications_own_cases_come_out_as_it_says(string file, string mediaType)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(file)));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var json = Encoding.UTF8.GetBytes(vector.GetProperty("json").GetString()!);
            var valid = vector.GetProperty("expect").ValueEquals("valid");

            var read = Manifest.TryRead(json, mediaType, out _, out var problem);

            Assert.True(read == valid, $"{file} case {vector.GetProperty("index")}: {problem}");
            Assert.True(read || problem?.Reason.Name is "MANIFEST_MALFORMED", $"{problem}");
        }
    }

    [Fact]
    public void The_image_specifications_descriptors_come_out_as_it_says_but_for_unknown_digest_algorithms()
    {
        // The specification lets registered and unregistered algorithms through. A digest nobody here can recompute is no
        // digest (threat 55), so these four are refused.
        int[] ofOtherAlgorithms = [21, 22, 23, 27];
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/oci/image-spec.descriptor.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var index = vector.GetProperty("index").GetInt32();
            using var json = JsonDocument.Parse(vector.GetProperty("json").GetString()!);
            var valid = vector.GetProperty("expect").ValueEquals("valid") && !ofOtherAlgorithms.Contains(index);

            Assert.True(
                DescriptorJson.TryRead(json.RootElement, out _, out var problem) == valid, $"case {index}: {problem}");
        }
    }

    /// <summary>The object with a member set to some JSON.</summary>
    private static string With(string json, string name, string value)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        root[name] = System.Text.Json.Nodes.JsonNode.Parse(value, documentOptions: new JsonDocumentOptions { MaxDepth = 100 });
        return root.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 100 });
    }
}
