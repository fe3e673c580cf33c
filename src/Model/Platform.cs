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
