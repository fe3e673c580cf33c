// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// The key-based cases of containers/image. Its cases about transparency logs (those with rekorKeys that must be
/// refused) wait for log verification; where the key alone decides, as here, those signatures are good.
/// </summary>
public sealed class ContainersImageTests
{
    private const string Folder = "vectors/containers-image";

    // We read neither member: cosign writes every annotation as text, a timestamp too.
    private static readonly string[] NotReadHere = ["creator not string", "timestamp not number"];

    [Fact]
    public void Payloads_come_out_as_in_containers_image()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require($"{Folder}/simple-signing-payloads.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var id = vector.GetProperty("id").GetString()!;
            var isAccepted = vector.GetProperty("expect").GetString()!.StartsWith("accept", StringComparison.Ordinal);
            var isRead = SimpleSigningPayload.TryRead(
                Encoding.UTF8.GetBytes(vector.GetProperty("input").GetString()!), out var payload, out var problem);

            Assert.True((isAccepted || NotReadHere.Contains(id)) == isRead, $"{id}: {problem?.Message}");
            Assert.True(!isRead || payload!.Repository is not null, id);
        }
    }

    [Theory]
    [InlineData("key-ok")]
    [InlineData("key-any-of-two")]
    [InlineData("key-signature-bytes-invalid")]
    [InlineData("key-no-signature-annotation")]
    [InlineData("key-no-trust-configured")]
    [InlineData("key-wrong-identity")]
    [InlineData("key-other-repo")]
    [InlineData("modified-manifest")]
    [InlineData("image-invalid-then-valid")]
    [InlineData("image-unsigned")]
    [InlineData("key-rekor-ok")]
    [InlineData("key-rekor-ok-multi")]
    public void Signatures_come_out_as_in_containers_image(string id)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require($"{Folder}/cases.json")));
        var vector = vectors.RootElement.GetProperty("cases").EnumerateArray().Single(v => v.GetProperty("id").GetString() == id);
        var folder = SharedFiles.Require($"{Folder}/{vector.GetProperty("dir").GetString()}");
        var image = Digest.Compute(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        var keys = vector.GetProperty("keys").EnumerateArray().Select(key => ReadKey(key.GetString()!)).ToList();

        var accepted = Directory.GetFiles(folder, "signature-?.json")
            .Select(file => Verify(Mutated(vector, JsonNode.Parse(File.ReadAllBytes(file))!), image, keys))
            .Any(repository => repository is not null && repository == Reference(vector));

        Assert.Equal(vector.GetProperty("expect").GetString()!.StartsWith('a'), accepted);
    }

    [Theory]
    [InlineData("no-manifest")]
    [InlineData("manifest-digest-error")]
    public void A_signature_beside_a_manifest_that_is_not_its_own_proves_nothing(string id)
    {
        // Without a readable manifest there is no digest to ask about; any other digest is another image.
        var folder = SharedFiles.Require($"{Folder}/dir-img-cosign-{id}");
        var signature = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "signature-1.json")))!;

        Assert.Null(Verify(signature, Digest.Compute("no manifest"u8), [ReadKey("cosign.pub")]));
    }

    [Fact]
    public void Real_rsa_keys_are_read()
    {
        var key = ReadKey("some-rsa-key.pub");

        Assert.Equal(SigningAlgorithm.RsaPkcs1Sha256, key.Algorithm);
    }

    private static string? Verify(JsonNode signature, Digest image, IReadOnlyList<PublicKey> keys)
    {
        var annotation = signature["annotations"]?[SimpleSigning.SignatureAnnotation]?.GetValue<string>();
        return annotation is not null && SimpleSigning.TryVerify(
            Convert.FromBase64String(signature["payload"]!.GetValue<string>()), annotation, image, keys, out var verified, out _)
            ? verified.Repository
            : null;
    }

    private static JsonNode Mutated(JsonElement vector, JsonNode signature)
    {
        switch (vector.TryGetProperty("mutate", out var mutate) ? mutate.GetString() : null)
        {
            case null:
                break;
            case "drop all annotations":
                signature["annotations"] = new JsonObject();
                break;
            case "dev.cosignproject.cosign/signature = base64(\"invalid signature\")":
                signature["annotations"]![SimpleSigning.SignatureAnnotation] = Convert.ToBase64String("invalid signature"u8);
                break;
            case var other:
                Assert.Fail($"unknown mutation {other}");
                break;
        }

        return signature;
    }

    // The identity rule is the caller's: here the repository that containers/image would compare, or one that fits nothing.
    private static string Reference(JsonElement vector) =>
        vector.TryGetProperty("identity", out var identity) && identity.ValueKind == JsonValueKind.Object
            ? identity.GetProperty("exactReference").GetString()!
            : vector.GetProperty("ref").GetString()!;

    private static PublicKey ReadKey(string file)
    {
        Assert.True(PublicKey.TryParsePem(File.ReadAllText(SharedFiles.Require($"{Folder}/{file}")), out var key, out var problem), problem);
        return key;
    }
}
