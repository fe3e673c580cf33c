// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// A <c>pkcs11:</c> URI (RFC 7512): which token, and which key on it. No message about one repeats a value that was not understood:
/// people write PINs into such URIs.
/// </summary>
internal sealed record Pkcs11KeyUri
{
    public const string Scheme = "pkcs11";

    /// <summary>Bytes of a key's label or id.</summary>
    private const int LongestName = 255;

    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Plain = SearchValues.Create(Unreserved);

    // RFC 7512 §2.3: pk11-path-res-avail and pk11-query-res-avail.
    private static readonly SearchValues<char> InPath = SearchValues.Create(Unreserved + ":[]@!$'()*+,=&%");
    private static readonly SearchValues<char> InQuery = SearchValues.Create(Unreserved + ":[]@!$'()*+,=/?|%");

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // With the length of the token's own field, in bytes (PKCS#11 CK_TOKEN_INFO).
    private static readonly (string Name, int Longest)[] TokenAttributes =
        [("token", 32), ("manufacturer", 32), ("model", 16), ("serial", 16)];

    private readonly Dictionary<string, string> _token;
    private readonly int? _slot;
    private readonly string _key;

    private Pkcs11KeyUri(Dictionary<string, string> token, int? slot, string? label, byte[]? id)
    {
        (_token, _slot) = (token, slot);
        var name = new StringBuilder();
        AppendToken(name, token);
        if (slot is not null)
            Append(name, "slot-id", slot.Value.ToString(CultureInfo.InvariantCulture));

        var key = new StringBuilder();
        if (label is not null)
            Append(key, "object", Encode(Utf8.GetBytes(label)));
        if (id is not null)
            Append(key, "id", Encode(id));
        _key = key.ToString();
        Text = $"{Scheme}:{name};{_key}";
    }

    /// <summary>The URI in one spelling, without what says how to reach the token.</summary>
    public string Text { get; }

    /// <summary>The file with the PIN, if the URI names one.</summary>
    public string? PinFile { get; private init; }

    /// <summary>The module that the URI expects, by its path.</summary>
    public string? ModulePath { get; private init; }

    /// <summary>The module that the URI expects, by its name without <c>lib</c> and <c>.so</c>.</summary>
    public string? ModuleName { get; private init; }

    /// <summary>Reads what comes after the scheme.</summary>
    public static bool TryRead(KeyUri uri, [NotNullWhen(true)] out Pkcs11KeyUri? read, [NotNullWhen(false)] out string? problem)
    {
        read = null;
        var query = uri.Rest.IndexOf('?', StringComparison.Ordinal);
        var known = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        problem = FindProblem(query < 0 ? uri.Rest : uri.Rest[..query], ';', InPath, IsPathAttribute, known)
            ?? (query < 0 ? null : FindProblem(uri.Rest[(query + 1)..], '&', InQuery, IsQueryAttribute, known))
            ?? FindProblem(known);
        if (problem is not null)
        {
            problem = $"a pkcs11: URI is not as RFC 7512 and this service want it: {problem}";
            return false;
        }

        read = new Pkcs11KeyUri(
            TokenAttributes.Where(known => known.Name is { } name && Has(name)).ToDictionary(
                attribute => attribute.Name, attribute => TextOf(attribute.Name)!, StringComparer.Ordinal),
            Has("slot-id") ? int.Parse(TextOf("slot-id")!, CultureInfo.InvariantCulture) : null,
            TextOf("object"),
            known.GetValueOrDefault("id"))
        {
            PinFile = TextOf("pin-source") is { } source ? PathOf(source) : null,
            ModulePath = TextOf("module-path"),
            ModuleName = TextOf("module-name"),
        };
        return true;

        bool Has(string name) => known.ContainsKey(name);
        string? TextOf(string name) => known.TryGetValue(name, out var value) ? Utf8.GetString(value) : null;
    }

    /// <summary>Whether this is a token that the URI names.</summary>
    public bool Names(Pkcs11Token token) =>
        (_slot is null || (ulong)_slot == token.Slot)
        && _token.All(attribute => string.Equals(AttributesOf(token)[attribute.Key], attribute.Value, StringComparison.Ordinal));

    /// <summary>The key on that token and no other, as OpenSSL's engine wants it named.</summary>
    public string On(Pkcs11Token token)
    {
        var name = new StringBuilder();
        AppendToken(name, AttributesOf(token));
        return $"{Scheme}:{name};{_key}";
    }

    private static Dictionary<string, string> AttributesOf(Pkcs11Token token) => new(StringComparer.Ordinal)
    {
        ["token"] = token.Label,
        ["manufacturer"] = token.Manufacturer,
        ["model"] = token.Model,
        ["serial"] = token.Serial,
    };

    private static void AppendToken(StringBuilder name, Dictionary<string, string> token)
    {
        foreach (var (attribute, _) in TokenAttributes)
        {
            if (token.TryGetValue(attribute, out var value) && value.Length > 0)
                Append(name, attribute, Encode(Utf8.GetBytes(value)));
        }
    }

    private static bool IsPathAttribute(string name) =>
        name is "object" or "id" or "type" or "slot-id" || TokenAttributes.Any(known => known.Name == name);

    private static bool IsQueryAttribute(string name) => name is "module-path" or "module-name" or "pin-source";

    // One part: attributes, each once, each with a value.
    private static string? FindProblem(
        string part, char separator, SearchValues<char> allowed, Func<string, bool> isKnown, Dictionary<string, byte[]> known)
    {
        foreach (var attribute in part.Split(separator))
        {
            var equals = attribute.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                return $"expected NAME=VALUE between each '{separator}'";

            var name = attribute[..equals];
            if (name.AsSpan().ContainsAnyExcept(Plain))
                return "the name of an attribute has characters that no name has";
            if (name is "pin-value")
                return KeyUri.NoPinsInUris;
            if (!isKnown(name))
                return $"the attribute {name} is not known here";
            if (attribute.AsSpan(equals + 1).ContainsAnyExcept(allowed) || !TryDecode(attribute[(equals + 1)..], out var value))
                return $"the value of {name} has characters that have to be written as %XX";
            if (value.Length == 0)
                return $"the value of {name} is empty";
            if (!known.TryAdd(name, value))
                return $"the attribute {name} is there twice";
        }

        return null;
    }

    // What the attributes say together.
    private static string? FindProblem(Dictionary<string, byte[]> known)
    {
        foreach (var (name, value) in known)
        {
            if (name is not "id" && !IsText(value))
                return $"the value of {name} is no text";
            var longest = TokenAttributes.FirstOrDefault(attribute => attribute.Name == name).Longest;
            if (name is "object" or "id")
                longest = LongestName;
            if (longest > 0 && value.Length > longest)
                return $"the value of {name} has more than {longest} bytes";
        }

        if (known.TryGetValue("type", out var type) && !type.AsSpan().SequenceEqual("private"u8))
            return "the type of a signing key is private";
        if (known.TryGetValue("pin-source", out var pin) && PathOf(Utf8.GetString(pin)) is null)
            return "pin-source is file: and the whole path of a file";
        if (!known.ContainsKey("object") && !known.ContainsKey("id"))
            return "expected object or id, which name the key";
        if (!known.TryGetValue("slot-id", out var slot))
        {
            return known.ContainsKey("token") || known.ContainsKey("serial")
                ? null
                : "expected token or serial, which name the token, or slot-id";
        }

        if (!int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return "slot-id is a number";
        if (TokenAttributes.Any(attribute => known.ContainsKey(attribute.Name)) || (known.ContainsKey("object") && known.ContainsKey("id")))
            return "slot-id goes with object or id alone; better name the token, whose slot may change";
        return null;
    }

    // file:/PATH, or file:///PATH, which means the same; any other host, and programs to run (|), are refused.
    private static string? PathOf(string source)
    {
        var path = source.StartsWith("file:///", StringComparison.Ordinal) ? source["file://".Length..]
            : source.StartsWith("file:", StringComparison.Ordinal) ? source["file:".Length..]
            : "";
        return path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) ? path : null;
    }

    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        var decoded = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                decoded.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                return false;
            decoded.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 2;
        }

        value = [.. decoded];
        return true;
    }

    private static bool IsText(byte[] value)
    {
        try
        {
            return !Utf8.GetString(value).Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static string Encode(byte[] value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var octet in value)
        {
            if (octet < 0x80 && Plain.Contains((char)octet))
                text.Append((char)octet);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder name, string attribute, string value)
    {
        if (name.Length > 0)
            name.Append(';');
        name.Append(attribute).Append('=').Append(value);
    }
}
