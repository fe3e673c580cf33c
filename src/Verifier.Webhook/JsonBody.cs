// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;

namespace SupplyChain.Verifier.Webhook;

/// <summary>
/// Writes a JSON answer with its length: into a buffer the thread keeps, and from there into the response before anything
/// is awaited.
/// </summary>
internal static class JsonBody
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Answers with what <paramref name="write"/> writes about <paramref name="value"/>.</summary>
    public static Task WriteAsync<T>(HttpContext context, T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4 * 1024);
        var writer = _writer ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        write(writer, value);
        writer.Flush();

        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        if (buffer.Capacity > LargestKept)
            _buffer = null;
        var flush = response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}
