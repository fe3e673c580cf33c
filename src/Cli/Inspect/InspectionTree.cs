// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Inspect;

/// <summary>An inspected image as a tree; where no known key or trust root speaks for who signed, that is said on a line of its own.</summary>
internal static class InspectionTree
{
    public static void Write(Screen screen, InspectedImage image)
    {
        screen.Write($"{image.Repository}@{image.Manifest.Digest}", Tone.Strong)
            .Line($"   {image.Manifest.MediaType}, {Bytes(image.Manifest.Size)}", Tone.Faint);
        WriteChildren(screen, image, "");
    }

    private static void WriteChildren(Screen screen, InspectedImage image, string indent)
    {
        var count = image.Attachments.Count + image.Platforms.Count + image.Problems.Count;
        if (count == 0)
            screen.Line($"{indent}└─ nothing is attached", Tone.Faint);

        var at = 0;
        foreach (var problem in image.Problems)
        {
            screen.Write($"{indent}{Branch(++at, count)} ").Write("! ", Tone.Doubt)
                .Line($"{problem.Message}  {problem.Reason}");
        }

        foreach (var attachment in image.Attachments)
            WriteAttachment(screen, attachment, indent, Branch(++at, count));

        foreach (var platform in image.Platforms)
        {
            var branch = Branch(++at, count);
            screen.Write($"{indent}{branch} ").Write(platform.Platform?.ToString() ?? "manifest", Tone.Strong)
                .Write($"  {platform.Manifest.Digest}").Line($"   {Bytes(platform.Manifest.Size)}", Tone.Faint);
            WriteChildren(screen, platform, indent + Stem(branch));
        }
    }

    private static void WriteAttachment(Screen screen, Attachment attachment, string indent, string branch)
    {
        screen.Write($"{indent}{branch} {attachment.Kind}  {attachment.Digest}")
            .Line($"   {attachment.Type}, {Bytes(attachment.Size)}, {attachment.Tag ?? "referrer"}", Tone.Faint);

        var stem = indent + Stem(branch) + "     ";
        if (attachment.SignedBy is { } key)
        {
            screen.Write(stem).Write("✓ ", Tone.Good).Write($"verified: signed by {key.Name}")
                .Line($"   key {key.Key.Id}", Tone.Faint);
        }
        else if (attachment.CertifiedBy is { } root)
        {
            screen.Write(stem).Write("✓ ", Tone.Good).Write($"verified: signed with a certificate of {attachment.Certificate}").Line($"   {root}: {attachment.Witnesses}", Tone.Faint);
        }
        else if (attachment.Problem is { } problem)
        {
            screen.Write(stem).Write("! ", Tone.Doubt).Line($"{problem.Message}  {problem.Reason}");
        }
        else
        {
            screen.Write(stem).Write("? ", Tone.Doubt).Line(attachment switch
            {
                { IsSigned: false } => "UNVERIFIED: not signed",
                { Certificate: { } whom } => $"UNVERIFIED: it has a certificate of {whom}, which no known trust root speaks for",
                { KeyHint: { } hint } => $"UNVERIFIED: no known key has signed it; it names key {hint}",
                _ => "UNVERIFIED: no known key has signed it",
            });
        }

        if (attachment.PredicateType is { } type)
            screen.Write(stem).Line($"  {(attachment.IsVerified ? "" : "claims ")}{type}", Tone.Faint);
        if (attachment.Summary is { } summary)
            screen.Write(stem).Line($"  {summary}");
    }

    private static string Branch(int at, int count) => at == count ? "└─" : "├─";

    private static string Stem(string branch) => branch is "└─" ? "   " : "│  ";

    private static string Bytes(long size) => string.Create(CultureInfo.InvariantCulture, $"{size} bytes");
}
