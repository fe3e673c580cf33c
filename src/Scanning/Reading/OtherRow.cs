// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>A finding that is no vulnerability, while it is read.</summary>
internal sealed class OtherRow(OtherFindingKind kind)
{
    public OtherFindingKind Kind { get; set; } = kind;

    public string? Id { get; set; }

    public string? SeverityWord { get; set; }

    public string? Title { get; set; }

    public string? Location { get; set; }

    public bool IsSetAside { get; set; }

    /// <summary>The row as a finding.</summary>
    public OtherFinding ToFinding() =>
        new(Kind, Id ?? "", SeverityWords.Read(SeverityWord), OrNull(Title), OrNull(Location)) { IsSetAside = IsSetAside };

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
