// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// Gives one string for texts that repeat, as package names, versions and severities do. It remembers a fixed number of
/// short texts and forgets the older of two that fall on one place.
/// </summary>
internal sealed class TextPool
{
    private const int Places = 4096;
    private const int Longest = 256;

    private readonly (ulong Fingerprint, string? Text)[] _places = new (ulong, string?)[Places];

    /// <summary>The text of <paramref name="utf8"/>, which is valid; <paramref name="isNew"/> when memory was taken for it.</summary>
    public string Get(ReadOnlySpan<byte> utf8, out bool isNew)
    {
        isNew = !utf8.IsEmpty;
        if (utf8.Length is 0 or > Longest)
            return Encoding.UTF8.GetString(utf8);

        var fingerprint = Fingerprint.Of(utf8);
        ref var place = ref _places[(int)(fingerprint % Places)];
        isNew = place.Text is null || place.Fingerprint != fingerprint || !Ascii.Equals(utf8, place.Text);
        if (isNew)
            place = (fingerprint, Encoding.UTF8.GetString(utf8));
        return place.Text!;
    }

    /// <summary>The same of characters.</summary>
    public string Get(ReadOnlySpan<char> text, out bool isNew)
    {
        isNew = !text.IsEmpty;
        if (text.Length is 0 or > Longest)
            return text.ToString();

        var fingerprint = Fingerprint.Of(MemoryMarshal.AsBytes(text));
        ref var place = ref _places[(int)(fingerprint % Places)];
        isNew = place.Text is null || place.Fingerprint != fingerprint || !text.SequenceEqual(place.Text);
        if (isNew)
            place = (fingerprint, text.ToString());
        return place.Text!;
    }
}
