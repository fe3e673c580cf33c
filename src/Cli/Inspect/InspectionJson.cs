// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Inspect;

/// <summary>An inspected image as JSON; <c>verified</c> is null where no known key or trust root speaks for who signed.</summary>
internal static class InspectionJson
{
    public static string Write(InspectedImage image) => JsonText.Write(indented: true, json => WriteImage(json, image));

    private static void WriteImage(Utf8JsonWriter json, InspectedImage image)
    {
        json.WriteStartObject();
        json.WriteString("name", image.Repository.ToString());
        json.WriteString("digest", image.Manifest.Digest.ToString());
        json.WriteString("mediaType", image.Manifest.MediaType);
        json.WriteNumber("size", image.Manifest.Size);
        json.WriteString("platform", image.Platform?.ToString());
        json.WriteStartArray("attachments");
        foreach (var attachment in image.Attachments)
            WriteAttachment(json, attachment);
        json.WriteEndArray();
        json.WriteStartArray("platforms");
        foreach (var platform in image.Platforms)
            WriteImage(json, platform);
        json.WriteEndArray();
        json.WriteStartArray("problems");
        foreach (var problem in image.Problems)
            WriteProblem(json, problem);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAttachment(Utf8JsonWriter json, Attachment attachment)
    {
        json.WriteStartObject();
        json.WriteString("layout", attachment.Layout == AttachmentLayout.Referrer ? "referrer" : "tag");
        json.WriteString("tag", attachment.Tag);
        json.WriteString("digest", attachment.Digest.ToString());
        json.WriteString("type", attachment.Type);
        json.WriteNumber("size", attachment.Size);
        json.WriteString("kind", attachment.Kind);
        json.WriteString("predicateType", attachment.PredicateType);
        json.WriteBoolean("signed", attachment.IsSigned);
        json.WriteString("keyHint", attachment.KeyHint);
        json.WritePropertyName("verified");
        if (attachment.SignedBy is { } key)
        {
            json.WriteStartObject();
            json.WriteString("by", key.Name);
            json.WriteString("key", key.Key.Id.ToString());
            json.WriteEndObject();
        }
        else if (attachment.CertifiedBy is { } root)
        {
            json.WriteStartObject();
            json.WriteString("by", attachment.Certificate);
            json.WriteString("trustRoot", root);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("certificate", attachment.Certificate);
        json.WriteString("summary", attachment.Summary);
        json.WritePropertyName("problem");
        if (attachment.Problem is { } problem)
            WriteProblem(json, problem);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void WriteProblem(Utf8JsonWriter json, InspectionProblem problem)
    {
        json.WriteStartObject();
        json.WriteString("reason", problem.Reason.Name);
        json.WriteString("message", problem.Message);
        json.WriteEndObject();
    }
}
