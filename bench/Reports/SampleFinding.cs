// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace SupplyChain.Bench;

/// <summary>What the generated reports say of their findings, whatever their format.</summary>
/// <param name="Number">The finding's place in the report.</param>
internal readonly record struct SampleFinding(int Number)
{
    /// <summary>The length of a description in published reports.</summary>
    public const int UsualDescription = 370;

    public string Id => Text($"CVE-2026-{Number:00000}");

    /// <summary>A package has a handful of findings, and its name and version come with each of them.</summary>
    public string Package => Text($"package-{Number / 5}");

    public string Version => Text($"1.{Number / 5}.0-3+deb12u1");

    public string FixedVersion => Version + "+fixed";

    public string Purl => $"pkg:deb/debian/{Package}@{Version}?arch=amd64&distro=debian-12.8";

    public string Title => $"{Package}: out-of-bounds read while parsing a crafted file";

    public string Reference(int number) => Text($"https://lists.example.org/archives/announce/2026/{Id}-{number:00000}.html");

    /// <summary>A digest in hexadecimal digits.</summary>
    public static string Digest(int number) => "sha256:" + Text($"{number:x8}").PadLeft(64, '7');

    /// <summary>Sentences with the line ends and quotation marks that make a text need unescaping.</summary>
    public static string Prose(int length)
    {
        const string sentence = "An attacker who can place a file named \"index\" may read memory past the end of a buffer.\n";
        var text = new StringBuilder(length + sentence.Length);
        while (text.Length < length)
            text.Append(sentence);
        return text.ToString(0, length);
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
