// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Request bodies, good ones and such that a test writes byte by byte.</summary>
internal static class Bodies
{
    public const string Boundary = "----made-for-tests";

    public const string MultipartType = "multipart/form-data; boundary=" + Boundary;

    /// <summary>A proper multipart body.</summary>
    public static HttpContent Multipart(string image, params string[] reports) =>
        Raw(MultipartText(
            [Part("image", image), .. reports.Select(report => Part("report", report, "; filename=\"trivy.json\""))]));

    /// <summary>A proper JSON body; the reports stand in it as they are.</summary>
    public static HttpContent Json(string image, params string[] reports) =>
        Raw($$"""{"image":"{{image}}","reports":[{{string.Join(',', reports)}}]}""", "application/json");

    public static HttpContent Raw(string text, string type = MultipartType) => Raw(Encoding.UTF8.GetBytes(text), type);

    public static HttpContent Raw(byte[] bytes, string? type)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null)
            Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", type));
        return content;
    }

    /// <summary>The same body without a length: it is sent in chunks.</summary>
    public static HttpContent Chunked(byte[] bytes, string type = MultipartType)
    {
        var content = new StreamContent(new Unmeasured(bytes));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public static string Part(string name, string content, string more = "", string headers = "") =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n{headers}\r\n{content}\r\n";

    public static string MultipartText(params string[] parts) => string.Concat(parts) + $"--{Boundary}--\r\n";

    // A stream that does not tell its length, so that the client cannot send it along.
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
