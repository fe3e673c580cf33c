// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Testing;

/// <summary>Reads an image, written by hand as its registry would serve it.</summary>
internal static class TestImageReader
{
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    internal static TestImage? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var nameField = reader.Required("name");
        var reference = ReadReference(nameField);
        var platformsField = reader.Optional("platforms");
        var platforms = Values.List(platformsField, item => ReadPlatformManifest(item, reference?.Digest)) ?? [];
        reader.Close();
        if (reference is null)
            return null;
        if (reference.Digest is null && platformsField is not null)
            platformsField.Error("belongs to an image that is named by digest");

        var isPlain = platforms is [var only] && only.Manifest.Digest == reference.Digest;
        if (!isPlain && platforms.FirstOrDefault(platform => platform.Manifest.Digest == reference.Digest) is not null)
            platformsField!.Error("each platform of an index needs its own manifest");

        return new TestImage(reference, platforms, IsIndex: platforms.Count > 0 && !isPlain);
    }

    /// <summary>The image as it is judged.</summary>
    internal static ImageSubject ToSubject(TestImage image) => image.Platforms.Count == 0
        ? ImageSubject.Unresolved(image.Reference.Repository, image.Reference.Digest!)
        : new ImageSubject(
            image.Reference.Repository, new Descriptor(image.IsIndex ? IndexType : ManifestType, image.Reference.Digest!, 1_000),
            image.IsIndex, image.Platforms);

    internal static Platform? ReadPlatform(Field? field) => Values.Line(field) is not { } text
        ? null
        : Platform.TryParse(text, out var platform, out var problem) ? platform : field!.Error<Platform>(problem);

    private static ImageReference? ReadReference(Field? field) => Values.Line(field) is not { } text
        ? null
        : ImageReference.TryParse(text, out var reference, out var problem) ? reference : field!.Error<ImageReference>(problem);

    private static PlatformManifest? ReadPlatformManifest(Field field, Digest? image)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var platform = ReadPlatform(reader.Optional("platform"));
        var manifest = ReadDigest(reader.Optional("manifest")) ?? image;
        var config = ReadDigest(reader.Optional("config"));
        var configuration = ReadConfiguration(reader);
        reader.Close();
        return manifest is null
            ? null
            : new PlatformManifest(platform, new Descriptor(ManifestType, manifest, 1_000), config) { Configuration = configuration };
    }

    // Without any of these the configuration is unknown, which is not the same as one that says nothing.
    private static ImageConfiguration? ReadConfiguration(FieldReader reader)
    {
        if (reader.Optional("configuration") is not { } field || FieldReader.Open(field) is not { } configuration)
            return null;

        var read = new ImageConfiguration
        {
            Created = Values.Line(configuration.Optional("created")),
            User = Values.Line(configuration.Optional("user")) ?? "",
            ExposedPorts = Values.Distinct(configuration.Optional("exposedPorts"), Values.Line) ?? [],
            Labels = TestFactsReader.Texts(configuration.Optional("labels")),
            DiffIds = Values.List(configuration.Optional("layers"), ReadDigest) ?? [],
        };
        configuration.Close();
        return read;
    }

    private static Digest? ReadDigest(Field? field) => Values.Line(field) is not { } text
        ? null
        : Digest.TryParse(text, out var digest, out var problem) ? digest : field!.Error<Digest>(problem);
}
