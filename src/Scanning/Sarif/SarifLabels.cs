// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Sarif;

/// <summary>
/// The lines <c>label: value</c> of a text in which scanners write what SARIF has no members for. Only these labels are
/// taken; free text that follows them is not.
/// </summary>
internal sealed record SarifLabels
{
    private const string Vulnerable = "Vulnerability";

    // A word of no severity: what is said twice is not known.
    private const string Several = "(several)";

    /// <summary>No text.</summary>
    public static readonly SarifLabels None = new();

    /// <summary>The vulnerability's id.</summary>
    public string? Vulnerability { get; private set; }

    /// <summary>The severity's word.</summary>
    public string? Severity { get; private set; }

    /// <summary>The package's name, or its package URL.</summary>
    public string? Package { get; private set; }

    /// <summary>The installed version.</summary>
    public string? Version { get; private set; }

    /// <summary>The versions that fix it.</summary>
    public string? FixedVersion { get; private set; }

    /// <summary>The kind of package.</summary>
    public string? Type { get; private set; }

    /// <summary>Reads <paramref name="text"/>.</summary>
    public static SarifLabels Read(string text)
    {
        var labels = new SarifLabels();
        foreach (var line in text.AsSpan().EnumerateLines())
            labels.Take(line);
        return labels;
    }

    private void Take(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon < 0)
        {
            if (line.StartsWith(Vulnerable + " ", StringComparison.Ordinal))
                Vulnerability ??= Value(line[Vulnerable.Length..]);
            return;
        }

        var value = Value(line[(colon + 1)..]);
        switch (line[..colon].Trim())
        {
            case "Severity":
                Severity = Severity is null || string.Equals(Severity, value, StringComparison.Ordinal) ? value : Several;
                break;
            case Vulnerable:
                Vulnerability ??= value;
                break;
            case "Package":
                Package ??= value;
                break;
            case "Installed Version" or "Version":
                Version ??= value;
                break;
            case "Fixed Version" or "Fix Version" or "Fixed version":
                FixedVersion ??= value;
                break;
            case "Type":
                Type ??= value;
                break;
            default:
                break;
        }
    }

    private static string Value(ReadOnlySpan<char> text) => text.Trim().ToString();
}
