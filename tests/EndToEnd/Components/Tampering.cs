// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Components;

/// <summary>A change to what was signed or to the signature; all else is published anew, with digests that fit.</summary>
public sealed record Tamper(Func<byte[], byte[]> Payload, Func<byte[], byte[]> Signature)
{
    /// <summary>Publishes everything anew and changes nothing: what is refused otherwise is not refused for the publishing.</summary>
    public static Tamper Nothing { get; } = new(bytes => bytes, bytes => bytes);

    /// <summary>One bit of the signed bytes, in the middle.</summary>
    public static Tamper PayloadBit { get; } = Nothing with { Payload = FlipMiddleBit };

    /// <summary>One bit of the signature, in the middle.</summary>
    public static Tamper SignatureBit { get; } = Nothing with { Signature = FlipMiddleBit };

    /// <summary>The last digit of the image's digest, wherever the signed text names it.</summary>
    public static Tamper DigestDigit(Digest image)
    {
        var name = image.Hex;
        var other = name[..^1] + (name[^1] == '0' ? '1' : '0');
        return Nothing with
        {
            Payload = bytes => Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(bytes).Replace(name, other, StringComparison.Ordinal)),
        };
    }

    private static byte[] FlipMiddleBit(byte[] bytes)
    {
        var changed = bytes.ToArray();
        changed[changed.Length / 2] ^= 1;
        return changed;
    }
}

/// <summary>Changes stored signatures of an image and republishes them where they were found.</summary>
public static class Tampering
{
    private const string SignatureAnnotation = "dev.cosignproject.cosign/signature";

    /// <summary>The tag under which the tag layout keeps an image's signatures (<c>.sig</c>), or referrers are listed (no suffix).</summary>
    public static string TagFor(Digest image, string suffix = "") => $"{image.Algorithm}-{image.Hex}{suffix}";

    /// <summary>Changes every signature that the tag layout holds for the image; returns how many.</summary>
    public static async Task<int> TagLayoutAsync(
        this RegistryContent content, string repository, Digest image, Tamper tamper, CancellationToken cancellationToken)
    {
        var stored = await content.ManifestAsync(repository, TagFor(image, ".sig"), cancellationToken);
        var manifest = stored.Read();
        var layers = manifest["layers"]!.AsArray();
        foreach (var layer in layers.Select(layer => layer!.AsObject()))
        {
            var payload = tamper.Payload(await content.BlobAsync(repository, Text(layer["digest"]), cancellationToken));
            layer["digest"] = (await content.PutBlobAsync(repository, payload, cancellationToken)).ToString();
            layer["size"] = payload.Length;
            var annotations = layer["annotations"]!.AsObject();
            annotations[SignatureAnnotation] =
                Convert.ToBase64String(tamper.Signature(Convert.FromBase64String(Text(annotations[SignatureAnnotation]))));
        }

        await content.PutManifestAsync(repository, TagFor(image, ".sig"), manifest, stored.MediaType, cancellationToken);
        return layers.Count;
    }

    /// <summary>
    /// Changes every DSSE bundle among the image's referrers, as the fallback tag lists them, and replaces its entry; returns
    /// how many.
    /// </summary>
    public static async Task<int> BundlesAsync(
        this RegistryContent content, string repository, Digest image, Tamper tamper, CancellationToken cancellationToken)
    {
        var stored = await content.ManifestAsync(repository, TagFor(image), cancellationToken);
        var index = stored.Read();
        var changed = 0;
        foreach (var entry in index["manifests"]!.AsArray().Select(entry => entry!.AsObject()))
        {
            var referrer = await content.ManifestAsync(repository, Text(entry["digest"]), cancellationToken);
            var manifest = referrer.Read();
            var layer = manifest["layers"]![0]!.AsObject();
            var bundle = JsonNode.Parse(await content.BlobAsync(repository, Text(layer["digest"]), cancellationToken))!.AsObject();
            if (bundle["dsseEnvelope"] is not JsonObject envelope)
                continue;

            Change(envelope, "payload", tamper.Payload);
            Change(envelope["signatures"]![0]!.AsObject(), "sig", tamper.Signature);
            var bytes = Encoding.UTF8.GetBytes(bundle.ToJsonString());
            layer["digest"] = (await content.PutBlobAsync(repository, bytes, cancellationToken)).ToString();
            layer["size"] = bytes.Length;
            var replaced = await content.PutManifestAsync(repository, null, manifest, referrer.MediaType, cancellationToken);
            entry["digest"] = replaced.Digest.ToString();
            entry["size"] = replaced.Content.Length;
            changed++;
        }

        await content.PutManifestAsync(repository, TagFor(image), index, stored.MediaType, cancellationToken);
        return changed;
    }

    private static void Change(JsonObject holder, string member, Func<byte[], byte[]> change) =>
        holder[member] = Convert.ToBase64String(change(Convert.FromBase64String(Text(holder[member]))));

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
