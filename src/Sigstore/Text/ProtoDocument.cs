// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A kind of document that holds a protobuf message in JSON form. Here alone such documents are opened, and here alone
/// a form that was not expected becomes a problem, so that a reader is only its fields.
/// </summary>
/// <param name="Name">What it is called where something in it is wrong, such as <c>the trust root</c>.</param>
internal sealed record ProtoDocument(string Name)
{
    private static readonly JsonDocumentOptions Scanned = new() { MaxDepth = Limits.Depth };

    /// <summary>What it is called where it is too long, such as <c>a trust root</c>.</summary>
    public string Kind { get; init; } = Name;

    /// <summary>
    /// The most bytes that are read; whoever has the bytes from elsewhere has held them to a limit already.
    /// </summary>
    public int Longest { get; init; } = int.MaxValue;

    /// <summary>What a problem of the JSON begins with.</summary>
    public string Malformed { get; init; } = $"{Name} is malformed: ";

    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="read">Reads its fields.</param>
    /// <param name="value">What it holds, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryRead<T>(
        ReadOnlyMemory<byte> utf8, Func<ProtoElement, T> read,
        [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? problem)
        where T : class => Try(() => Read(utf8, read), out value, out problem);

    /// <summary>Reads a document that another one holds.</summary>
    /// <exception cref="ProtoException">It is too long, malformed or not of its form.</exception>
    public T Read<T>(ReadOnlyMemory<byte> utf8, Func<ProtoElement, T> read)
    {
        if (utf8.Length > Longest)
            throw new ProtoException($"{Kind} has at most {Longest} bytes, found {utf8.Length}");
        if (!StrictJson.TryParse(utf8, out var document, out var malformed))
            throw new ProtoException(Malformed + malformed);

        using (document)
            return read(new ProtoElement(document.RootElement, Name));
    }

    /// <summary>Reads a part of a document that has passed the strict scan as a whole.</summary>
    /// <exception cref="ProtoException">It is not of its form.</exception>
    public static T ReadScanned<T>(ReadOnlyMemory<byte> utf8, string path, Func<ProtoElement, T> read)
    {
        using var document = JsonDocument.Parse(utf8, Scanned);
        return read(new ProtoElement(document.RootElement, path));
    }

    /// <summary>Runs a reader; what it did not expect is the problem.</summary>
    public static bool Try<T>(Func<T> read, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? problem)
        where T : class
    {
        try
        {
            value = read();
            problem = null;
            return true;
        }
        catch (ProtoException unexpected)
        {
            value = null;
            problem = unexpected.Message;
            return false;
        }
    }
}
