// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// What every document of TUF metadata has; TUF specification §4.2 and §4.3. Members that are not known are ignored, as
/// the specification asks; they are signed like all others.
/// </summary>
internal sealed class TufBody
{
    private TufBody(TufRole role, ReadOnlyMemory<byte> content, ProtoElement document)
    {
        Role = role;
        Content = content;
        Signed = document.Required("signed");
        Expect("_type", role.Name());
        ExpectVersion(Signed.Required("spec_version"));
        Canonical = CanonicalJson.Write(Signed);
        Signatures = ReadSignatures(document);
    }

    public TufRole Role { get; }

    public ReadOnlyMemory<byte> Content { get; }

    public ProtoElement Signed { get; }

    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>By the id of their key; one for each.</summary>
    public IReadOnlyDictionary<string, byte[]> Signatures { get; }

    /// <summary>Reads a document of a role; nothing of it is verified yet.</summary>
    public static bool TryRead<T>(
        ReadOnlyMemory<byte> utf8, TufRole role, Func<TufBody, T> read,
        [NotNullWhen(true)] out T? metadata, [NotNullWhen(false)] out string? problem)
        where T : TufMetadata =>
        new ProtoDocument($"{role.Name()} metadata") { Longest = role.LongestDocument() }.TryRead(
            utf8, document => read(new TufBody(role, utf8, document with { Path = role.Name() })),
            out metadata, out problem);

    private void Expect(string member, string expected)
    {
        var found = Signed.Required(member);
        if (!string.Equals(found.Text, expected, StringComparison.Ordinal))
            throw new ProtoException($"{found.Path} is '{Printable.Escape(found.Text)}'; expected '{expected}'");
    }

    // 1.0, or 1.0 and a patch: what a later minor version means nobody knows yet.
    private static void ExpectVersion(ProtoElement version)
    {
        var text = version.Text;
        var patch = text.StartsWith("1.0.", StringComparison.Ordinal) ? text.AsSpan(4) : [];
        if (text is not "1.0" && (patch.IsEmpty || patch.IndexOfAnyExceptInRange('0', '9') >= 0))
            throw new ProtoException($"{version.Path} is '{Printable.Escape(text)}'; expected 1.0");
    }

    private static Dictionary<string, byte[]> ReadSignatures(ProtoElement document)
    {
        var signatures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var signature in document.Required("signatures").Items(Limits.TufKeys))
        {
            var id = signature.Required("keyid").Text;
            if (!signatures.TryAdd(id, signature.Required("sig").Hex(Limits.SignatureLength)))
                throw new ProtoException($"{signature.Path} is another signature by the key '{Printable.Escape(id)}'");
        }

        return signatures;
    }
}
