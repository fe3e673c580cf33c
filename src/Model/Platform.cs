// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Model;

/// <summary>What an image runs on. OCI image-spec, image index, "platform".</summary>
/// <param name="Os">The operating system, such as <c>linux</c>.</param>
/// <param name="Architecture">The processor, such as <c>amd64</c>.</param>
/// <param name="Variant">The processor's variant, such as <c>v8</c>, if named.</param>
public sealed record Platform(string Os, string Architecture, string? Variant = null)
{
    /// <summary>Whether something can run there; <c>unknown/unknown</c> marks attestation manifests inside an index.</summary>
    public bool IsRunnable => Os is not "unknown" && Architecture is not "unknown";

    /// <summary>
    /// The platform as runtimes read it: they take <c>x86_64</c> for <c>amd64</c>, <c>aarch64</c> for <c>arm64</c>, and an arm
    /// without variant for v7 (containerd, <c>platforms.Normalize</c>).
    /// </summary>
    public Platform Canonical => (Architecture, Variant) switch
    {
        ("i386", _) => this with { Architecture = "386", Variant = null },
        ("x86_64" or "x86-64" or "amd64", var variant) =>
            this with { Architecture = "amd64", Variant = variant is "v1" ? null : variant },
        ("aarch64" or "arm64", var variant) =>
            this with { Architecture = "arm64", Variant = variant is "8" or "v8" ? null : variant },
        ("armhf", _) => this with { Architecture = "arm", Variant = "v7" },
        ("armel", _) => this with { Architecture = "arm", Variant = "v6" },
        ("arm", null) => this with { Variant = "v7" },
        ("arm", "5" or "6" or "7" or "8") => this with { Variant = "v" + Variant },
        _ => this,
    };

    /// <summary>Reads <c>os/architecture</c> or <c>os/architecture/variant</c>.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out Platform? platform, [NotNullWhen(false)] out string? problem)
    {
        var parts = (text ?? "").Split('/');
        var legal = parts.Length is 2 or 3 && parts.All(part =>
            part.Length is > 0 and <= 64
            && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' or '-'));
        platform = legal ? new Platform(parts[0], parts[1], parts.Length == 3 ? parts[2] : null) : null;
        problem = legal ? null : $"'{Printable.Escape(text)}' is not a platform; expected os/architecture[/variant]";
        return legal;
    }

    /// <summary><c>os/architecture[/variant]</c>.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
