// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using SupplyChain.Scanning.Reading;

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

    /// <summary>Reads a string, of which nothing is kept but what the labels say.</summary>
    public static SarifLabels Read(ReportDraft draft, ref Utf8JsonReader value)
    {
        var labels = new SarifLabels();
        var text = ArrayPool<char>.Shared.Rent(value.ValueSpan.Length);
        try
        {
            foreach (var line in draft.Characters(ref value, text).EnumerateLines())
                labels.Take(draft, line);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }

        return labels;
    }

    private void Take(ReportDraft draft, ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon < 0)
        {
            if (line.StartsWith(Vulnerable + " ", StringComparison.Ordinal))
                Vulnerability ??= draft.Text(line[Vulnerable.Length..].Trim());
            return;
        }

        var value = line[(colon + 1)..].Trim();
        switch (line[..colon].Trim())
        {
            case "Severity":
                Severity = Severity is null || value.SequenceEqual(Severity) ? draft.Text(value) : Several;
                break;
            case Vulnerable:
                Vulnerability ??= draft.Text(value);
                break;
            case "Package":
                Package ??= draft.Text(value);
                break;
            case "Installed Version" or "Version":
                Version ??= draft.Text(value);
                break;
            case "Fixed Version" or "Fix Version" or "Fixed version":
                FixedVersion ??= draft.Text(value);
                break;
            case "Type":
                Type ??= draft.Text(value);
                break;
            default:
                break;
        }
    }
}
