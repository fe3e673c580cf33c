// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Webhook;

/// <summary><c>POST /v1/verify</c>: image names and where they would run in, a decision about each out.</summary>
internal sealed class VerifyEndpoint(AdmissionVerifier verifier, PolicyFeed policies, ILogger logger)
{
    private const int LongestBody = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context.Request, LongestBody, context.RequestAborted) is not { } body)
        {
            await Problems.For(ReasonCode.RequestLimit, $"a question has at most {LongestBody} bytes").ExecuteAsync(context);
            return;
        }

        VerifyRequest? request;
        string? problem;
        using (body)
            VerifyRequest.TryRead(body.Memory, out request, out problem);

        if (request is null)
        {
            await Problems.For(ReasonCode.BadRequest, problem).ExecuteAsync(context);
            return;
        }

        policies.Refresh();
        var verdicts = await verifier.VerifyAsync(request.Images, request.Workload, request.Explain, context.RequestAborted);
        foreach (var image in verdicts.Images)
        {
            if (image.Verdict.Fault is { } fault)
                Log.ImageFailed(logger, fault, image.Verdict.Decision.Id, image.Verdict.Decision.Subject.ToString());
        }

        await JsonBody.WriteAsync(context, verdicts, Write);
    }

    private static void Write(Utf8JsonWriter json, WorkloadVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteBoolean("allowed"u8, verdict.IsAllowed);
        json.WriteStartArray("decisions"u8);
        foreach (var image in verdict.Images)
            json.WriteRawValue(image.Verdict.Decision.ToJson(), skipInputValidation: true);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>The question of a CD job.</summary>
/// <param name="Images">The images, as they would be written in a manifest.</param>
/// <param name="Workload">Where and as whom they would run.</param>
/// <param name="Explain">Whether to tell which rules were considered.</param>
internal sealed record VerifyRequest(IReadOnlyList<string> Images, WorkloadContext Workload, bool Explain)
{
    /// <summary>Reads <c>{ "images": […], "workload": { "cluster", "namespace", "serviceAccount", "node" }, "explain" }</c>.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, out VerifyRequest? request, out string? problem)
    {
        request = null;
        if (!StrictJson.TryParse(utf8, out var document, out problem))
            return false;

        using (document)
        {
            try
            {
                request = Read(document.RootElement);
                return true;
            }
            catch (JsonException unexpected)
            {
                problem = unexpected.Message;
                return false;
            }
        }
    }

    private static VerifyRequest Read(JsonElement root)
    {
        Expect(root, JsonValueKind.Object, "the body");
        List<string>? images = null;
        var workload = new WorkloadContext(null, null, null, null);
        var explain = false;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "images":
                    images = ReadImages(member.Value);
                    break;
                case "workload":
                    workload = ReadWorkload(member.Value);
                    break;
                case "explain":
                    explain = member.Value.ValueKind switch
                    {
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        _ => throw new JsonException("explain is neither true nor false"),
                    };
                    break;
                default:
                    throw new JsonException($"'{Printable.Escape(member.Name)}' is not a member of the question");
            }
        }

        return images is { Count: > 0 and <= Limits.ImagesPerRequest }
            ? new VerifyRequest(images, workload, explain)
            : throw new JsonException($"images names 1 to {Limits.ImagesPerRequest} images, found {images?.Count ?? 0}");
    }

    private static List<string> ReadImages(JsonElement list)
    {
        Expect(list, JsonValueKind.Array, "images");
        if (list.GetArrayLength() > Limits.ImagesPerRequest)
            throw new JsonException($"images names 1 to {Limits.ImagesPerRequest} images, found {list.GetArrayLength()}");

        var images = new List<string>(list.GetArrayLength());
        foreach (var image in list.EnumerateArray())
            images.Add(Text(image, "an image"));
        return images;
    }

    private static WorkloadContext ReadWorkload(JsonElement workload)
    {
        Expect(workload, JsonValueKind.Object, "workload");
        var read = new WorkloadContext(null, null, null, null);
        foreach (var member in workload.EnumerateObject())
        {
            var value = Text(member.Value, member.Name);
            read = member.Name switch
            {
                "cluster" => read with { Cluster = value },
                "namespace" => read with { Namespace = value },
                "serviceAccount" => read with { ServiceAccount = value },
                "node" => read with { Node = value },
                _ => throw new JsonException($"'{Printable.Escape(member.Name)}' is not a member of a workload"),
            };
        }

        return read;
    }

    private static string Text(JsonElement value, string what)
    {
        Expect(value, JsonValueKind.String, what);
        return value.GetString()!;
    }

    private static void Expect(JsonElement value, JsonValueKind kind, string what)
    {
        if (value.ValueKind != kind)
            throw new JsonException($"{Printable.Escape(what)} is not of type {kind.ToString().ToLowerInvariant()}");
    }
}
