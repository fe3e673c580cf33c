// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>An image of one small file, made by umoci in an OCI layout of its own; no two are alike.</summary>
public sealed class SampleImage : IDisposable
{
    private const string Tag = "sample";

    private readonly TempFolder _folder = new();

    private SampleImage()
    {
    }

    /// <summary>The OCI layout's folder.</summary>
    public string Layout => _folder["layout"];

    /// <summary>The manifest's digest.</summary>
    public Digest Digest { get; private set; } = Digest.Compute(default);

    /// <summary>Makes an image.</summary>
    public static async Task<SampleImage> MakeAsync(CancellationToken cancellationToken)
    {
        var umoci = Tool.Require("umoci");
        var image = new SampleImage();
        var file = image._folder["content"];
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(32), cancellationToken);
        var reference = $"{image.Layout}:{Tag}";
        foreach (var command in (string[][])
        [
            ["init", "--layout", image.Layout],
            ["new", "--image", reference],
            ["insert", "--rootless", "--image", reference, file, "/content"],
        ])
        {
            (await umoci.RunAsync(command, null, cancellationToken)).Succeeded();
        }

        var index = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(image.Layout, "index.json"), cancellationToken))!;
        image.Digest = Digest.Parse(index["manifests"]!.AsArray().Single()!["digest"]!.GetValue<string>());
        return image;
    }

    /// <summary>Copies the image into a registry with skopeo; returns its address by digest, <c>host/repository@digest</c>.</summary>
    public async Task<string> PushAsync(DockerRegistry registry, string repository, CancellationToken cancellationToken)
    {
        string[] verify = registry.Access == RegistryAccess.Http ? ["--dest-tls-verify=false"] : [];
        (await Tool.Require("skopeo").RunAsync(
            ["copy", "--quiet", .. verify, $"oci:{Layout}:{Tag}", $"docker://{registry.At(repository)}:{Tag}"],
            registry.Environment,
            cancellationToken)).Succeeded();
        return $"{registry.At(repository)}@{Digest}";
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
