// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads <c>baseImage</c>.</summary>
internal static class BaseImageReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var approvedField = reader.Required("approved");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var approved = Values.List(approvedField, item =>
        {
            var image = ReadImage(item);
            if (image is not null && !seen.Add(image.ToString()))
                item.Error($"{image} is listed twice");

            return image;
        });
        reader.Close();
        if (approved?.Count > Limits.BaseImages)
            approvedField!.Error($"lists {approved.Count} images; at most {Limits.BaseImages} are fetched");

        return approved is null ? null : new BaseImageCheck(name) { Approved = approved };
    }

    private static ImageReference? ReadImage(Field field)
    {
        if (Values.Line(field) is not { } text)
            return null;
        if (!ImageReference.TryParse(text, out var image, out var problem))
            return field.Error<ImageReference>(problem);

        return image.Digest is not null && image.Tag is null
            ? image
            : field.Error<ImageReference>($"{image} has to name a digest and no tag: what a tag names, others decide");
    }
}
