// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary>Why a body is not a request.</summary>
internal sealed record BodyProblem(ReasonCode Reason, string Message);

/// <summary>What a request says: <c>multipart/form-data</c> for reports as files, or JSON for small ones.</summary>
internal sealed record RequestBody(string Image, string? Policy, IReadOnlyList<ISubmittedReport> Reports)
{
    public static async ValueTask<(RequestBody? Body, BodyProblem? Problem)> ReadAsync(
        HttpRequest request, Spool spool, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return (null, Expected("no Content-Type"));
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return await ReadJsonAsync(request, spool, cancellationToken);
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return (null, Expected(Printable.Escape(type.MediaType.Value)));

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 70)
            return (null, new BodyProblem(ReasonCode.BadRequest, "multipart/form-data needs a boundary of 1 to 70 characters"));

        try
        {
            return await ReadPartsAsync(new MultipartReader(boundary, request.Body), spool, cancellationToken);
        }
        catch (Exception malformed) when (malformed is InvalidDataException || (malformed is IOException and not BadHttpRequestException))
        {
            return (null, new BodyProblem(ReasonCode.BadRequest, $"the multipart body is malformed: {malformed.Message}"));
        }
    }

    private static BodyProblem Expected(string found) => new(
        ReasonCode.BadRequest, $"expected multipart/form-data or application/json, found {found}");

    private static async ValueTask<(RequestBody? Body, BodyProblem? Problem)> ReadPartsAsync(
        MultipartReader reader, Spool spool, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var reports = new List<ISubmittedReport>();
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                return (null, new BodyProblem(ReasonCode.BadRequest, "a part has no Content-Disposition"));

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
            switch (name)
            {
                case "image" or "policy":
                    if (!texts.TryAdd(name, await ReadTextAsync(part.Body, cancellationToken)))
                        return (null, new BodyProblem(ReasonCode.BadRequest, $"the part {name} is there twice"));
                    break;

                case "report" when reports.Count == Limits.ReportsPerRequest:
                    return (null, new BodyProblem(ReasonCode.RequestLimit, $"a request has at most {Limits.ReportsPerRequest} reports"));

                case "report":
                    var file = HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
                    reports.Add(await spool.TakeAsync(
                        string.IsNullOrEmpty(file) ? $"report {reports.Count + 1}" : file, part.Body, cancellationToken));
                    break;

                default:
                    return (null, new BodyProblem(
                        ReasonCode.BadRequest, $"the part '{Printable.Escape(name)}' is unknown; expected image, policy or report"));
            }
        }

        return texts.TryGetValue("image", out var image)
            ? (new RequestBody(image, texts.GetValueOrDefault("policy"), reports), null)
            : (null, new BodyProblem(ReasonCode.BadRequest, "the part image is missing"));
    }

    // One byte more than any accepted text: whatever is longer is refused by the grammar it is read with.
    private static async ValueTask<string> ReadTextAsync(Stream part, CancellationToken cancellationToken)
    {
        var buffer = new byte[Limits.ImageReferenceLength + 1];
        var length = await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }

    private static async ValueTask<(RequestBody? Body, BodyProblem? Problem)> ReadJsonAsync(
        HttpRequest request, Spool spool, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (request.ContentLength > Limits.JsonRequestBytes || !await TryCopyAsync(request.Body, content, cancellationToken))
        {
            return (null, new BodyProblem(
                ReasonCode.RequestLimit,
                $"a request in JSON has at most {Limits.JsonRequestBytes} bytes; send larger reports as multipart/form-data"));
        }

        if (!StrictJson.TryParse(content.GetBuffer().AsMemory(0, (int)content.Length), out var document, out var problem))
            return (null, new BodyProblem(ReasonCode.BadRequest, problem));

        using (document)
            return await ReadMembersAsync(document.RootElement, spool, cancellationToken);
    }

    private static async ValueTask<bool> TryCopyAsync(Stream body, MemoryStream content, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (content.Length + read > Limits.JsonRequestBytes)
                return false;
            content.Write(buffer, 0, read);
        }

        return true;
    }

    private static async ValueTask<(RequestBody? Body, BodyProblem? Problem)> ReadMembersAsync(
        JsonElement root, Spool spool, CancellationToken cancellationToken)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return (null, new BodyProblem(ReasonCode.BadRequest, "expected a JSON object with image and reports"));

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var reports = new List<ISubmittedReport>();
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name, member.Value.ValueKind)
            {
                case ("image" or "policy", JsonValueKind.String):
                    texts.Add(member.Name, member.Value.GetString()!);
                    break;

                case ("reports", JsonValueKind.Array) when member.Value.GetArrayLength() > Limits.ReportsPerRequest:
                    return (null, new BodyProblem(ReasonCode.RequestLimit, $"a request has at most {Limits.ReportsPerRequest} reports"));

                case ("reports", JsonValueKind.Array):
                    foreach (var report in member.Value.EnumerateArray())
                    {
                        // A text could only be a reference, and nothing that a request names is fetched.
                        if (report.ValueKind == JsonValueKind.String)
                            return (null, new BodyProblem(ReasonCode.ReportSource, "a report has to be sent itself, not by reference"));

                        using var raw = new MemoryStream(Encoding.UTF8.GetBytes(report.GetRawText()), writable: false);
                        reports.Add(await spool.TakeAsync($"report {reports.Count + 1}", raw, cancellationToken));
                    }

                    break;

                default:
                    return (null, new BodyProblem(
                        ReasonCode.BadRequest,
                        $"the member '{Printable.Escape(member.Name)}' is unknown or of the wrong type; expected image, policy or reports"));
            }
        }

        return texts.TryGetValue("image", out var image)
            ? (new RequestBody(image, texts.GetValueOrDefault("policy"), reports), null)
            : (null, new BodyProblem(ReasonCode.BadRequest, "the member image is missing"));
    }
}
