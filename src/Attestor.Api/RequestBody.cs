// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor.Api;

/// <summary>What a request says: <c>multipart/form-data</c> for reports and documents as files, or JSON for small ones.</summary>
internal sealed record RequestBody(
    string Image, string? Policy, IReadOnlyList<ISubmittedReport> Reports, IReadOnlyList<SubmittedPart> Documents)
{
    // ASCII is UTF-8 too.
    private static readonly HashSet<string> Utf8Names = new(["utf-8", "us-ascii"], StringComparer.OrdinalIgnoreCase);

    public static async ValueTask<(RequestBody? Body, Malformed? Malformed)> ReadAsync(
        HttpRequest request, Spool spool, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return (null, Expected(request.ContentType));
        if (FindEncoding("the body", request.Headers.ContentEncoding, "identity", type) is { } encoded)
            return (null, encoded);
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return await ReadJsonAsync(request, spool, cancellationToken);
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return (null, Expected(type.MediaType.Value));

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 70)
            return (null, Bad("multipart/form-data needs a boundary of 1 to 70 characters"));

        try
        {
            return await ReadPartsAsync(new MultipartReader(boundary, request.Body), spool, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return (null, Bad(
                "the multipart body is malformed: what stands before a part is not its headers, or too long"));
        }
        catch (IOException cut) when (cut is not (BadHttpRequestException or ConnectionResetException))
        {
            return (null, Bad("the multipart body is malformed: it ends before its closing boundary"));
        }
    }

    private static Malformed Expected(string? found) =>
        Bad($"expected multipart/form-data or application/json, found {Printable.Escape(found)}");

    private static Malformed Bad(string message) => new(ReasonCode.BadRequest, message);

    // Everything is read as it came: what was packed or written in other letters would be judged as something else.
    private static Malformed? FindEncoding(string what, StringValues encoding, string none, MediaTypeHeaderValue? type)
    {
        if (encoding.Count > 0 && !none.Split(' ').Contains(encoding.ToString(), StringComparer.OrdinalIgnoreCase))
            return Bad($"{what} is encoded as '{Printable.Escape(encoding.ToString())}'; send it as it is");

        var charset = HeaderUtilities.RemoveQuotes(type?.Charset ?? default).ToString();
        return charset.Length == 0 || Utf8Names.Contains(charset)
            ? null
            : Bad($"{what} is in '{Printable.Escape(charset)}'; send UTF-8");
    }

    private static async ValueTask<(RequestBody? Body, Malformed? Malformed)> ReadPartsAsync(
        MultipartReader reader, Spool spool, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var sent = new SentParts(spool);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
                || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
            {
                return (null, Bad("each part needs one Content-Disposition, form-data with a name"));
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
            if (FindEncoding(name, part) is { } encoded)
                return (null, encoded);

            switch (name)
            {
                case "image" or "policy":
                    if (!texts.TryAdd(name, await ReadTextAsync(part.Body, cancellationToken)))
                        return (null, Bad($"the part {name} is there twice"));
                    break;

                case var kind when SentParts.IsPart(kind):
                    var file = HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
                    if (await sent.TakeAsync(kind, file, part.Body, cancellationToken) is { } tooMany)
                        return (null, tooMany);
                    break;

                default:
                    return (null, Bad($"the part '{Printable.Escape(name)}' is unknown; expected image, policy, {SentParts.Names}"));
            }
        }

        return texts.TryGetValue("image", out var image)
            ? (new RequestBody(image, texts.GetValueOrDefault("policy"), sent.Reports, sent.Documents), null)
            : (null, Bad("the part image is missing"));
    }

    private static Malformed? FindEncoding(string? name, MultipartSection part)
    {
        var what = $"the part '{Printable.Escape(name)}'";
        var type = MediaTypeHeaderValue.TryParse(part.ContentType, out var parsed) ? parsed : null;
        return FindEncoding(what, Header("Content-Encoding"), "identity", type: null)
            ?? FindEncoding(what, Header("Content-Transfer-Encoding"), "7bit 8bit binary", type);

        StringValues Header(string header) => part.Headers?.GetValueOrDefault(header) ?? StringValues.Empty;
    }

    // One byte more than any accepted text: whatever is longer is refused by the grammar it is read with.
    private static async ValueTask<string> ReadTextAsync(Stream part, CancellationToken cancellationToken)
    {
        var buffer = new byte[Limits.ImageReferenceLength + 1];
        var length = await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }

    private static async ValueTask<(RequestBody? Body, Malformed? Malformed)> ReadJsonAsync(
        HttpRequest request, Spool spool, CancellationToken cancellationToken)
    {
        // The whole of it is held in memory, other than the parts of a multipart body.
        var limit = request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        limit.MaxRequestBodySize = Math.Min(
            limit.MaxRequestBodySize ?? Limits.JsonRequestBytes, Limits.JsonRequestBytes);
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        if (!StrictJson.TryParse(
            content.GetBuffer().AsMemory(0, (int)content.Length), out var document, out var problem))
            return (null, Bad(problem));

        using (document)
            return await ReadMembersAsync(document.RootElement, spool, cancellationToken);
    }

    private static async ValueTask<(RequestBody? Body, Malformed? Malformed)> ReadMembersAsync(
        JsonElement root, Spool spool, CancellationToken cancellationToken)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return (null, Bad("expected a JSON object with image and reports"));

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var sent = new SentParts(spool);
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name, member.Value.ValueKind)
            {
                case ("image" or "policy", JsonValueKind.String):
                    texts.Add(member.Name, member.Value.GetString()!);
                    break;

                case (var list, JsonValueKind.Array) when SentParts.PartOf(list) is { } kind:
                    foreach (var item in member.Value.EnumerateArray())
                    {
                        // A text could only be a reference, and nothing that a request names is fetched.
                        if (item.ValueKind == JsonValueKind.String)
                            return (null, new Malformed(ReasonCode.ReportSource, $"a {kind} has to be sent itself, not by reference"));

                        using var raw = new MemoryStream(Encoding.UTF8.GetBytes(item.GetRawText()), writable: false);
                        if (await sent.TakeAsync(kind, name: null, raw, cancellationToken) is { } tooMany)
                            return (null, tooMany);
                    }

                    break;

                default:
                    return (null, Bad(
                        $"the member '{Printable.Escape(member.Name)}' is unknown or of the wrong type; "
                        + $"expected image, policy, {SentParts.ListNames}"));
            }
        }

        return texts.TryGetValue("image", out var image)
            ? (new RequestBody(image, texts.GetValueOrDefault("policy"), sent.Reports, sent.Documents), null)
            : (null, Bad("the member image is missing"));
    }
}
