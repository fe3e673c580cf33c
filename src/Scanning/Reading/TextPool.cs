// SPDX-License-Identifier: Apache-2.0

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
        isNew = false;
        if (utf8.IsEmpty)
            return "";

        isNew = true;
        if (utf8.Length > Longest)
            return Encoding.UTF8.GetString(utf8);

        var fingerprint = Fingerprint.Of(utf8);
        ref var place = ref _places[(int)(fingerprint % Places)];
        if (place.Fingerprint == fingerprint && place.Text is not null && Ascii.Equals(utf8, place.Text))
        {
            isNew = false;
            return place.Text;
        }

        place = (fingerprint, Encoding.UTF8.GetString(utf8));
        return place.Text;
    }
}
