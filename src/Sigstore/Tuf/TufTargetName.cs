// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The name of a target: segments between slashes, none of which leads elsewhere, whatever file system or address it is put into.
/// </summary>
public sealed record TufTargetName
{
    private TufTargetName(string text) => Text = text;

    /// <summary>Sigstore's trust root.</summary>
    public static TufTargetName TrustedRoot { get; } = new("trusted_root.json");

    /// <summary>The name, as metadata has it.</summary>
    public string Text { get; }

    /// <summary>Reads a name; nothing is trimmed, folded or resolved.</summary>
    /// <param name="text">The name: 1 to <see cref="Limits.TufNameLength"/> characters.</param>
    /// <param name="name">The name, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not; escaped.</param>
    /// <returns>Whether it is a name of a target that leads nowhere else.</returns>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out TufTargetName? name, [NotNullWhen(false)] out string? problem)
    {
        problem = FindProblem(text);
        name = problem is null ? new TufTargetName(text!) : null;
        return name is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? FindProblem(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > Limits.TufNameLength)
            return $"a target's name has 1 to {Limits.TufNameLength} characters, found {text?.Length ?? 0}";

        var segments = text.Split('/');
        if (Array.Exists(segments, segment => segment is "" or "." or ".."))
            return $"the target's name '{Printable.Escape(text)}' has an empty segment, or one of dots; expected a path below the targets";

        // Percent signs, colons and backslashes mean something in addresses or to some file system.
        return text.AsSpan().IndexOfAnyExcept(Allowed) is var at && at >= 0
            ? $"the target's name '{Printable.Escape(text)}' has the character '{Printable.Escape(text[at].ToString())}'; "
                + "expected letters, digits and . _ - + = @ between slashes"
            : null;
    }

    private static System.Buffers.SearchValues<char> Allowed { get; } = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+=@/");
}
