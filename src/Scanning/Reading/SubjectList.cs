// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>The digests by which a report names its image, and what is wrong with those that are none.</summary>
internal sealed class SubjectList
{
    private readonly List<ReportSubject> _subjects = [];
    private readonly List<string> _malformed = [];

    /// <summary>The digests.</summary>
    public IReadOnlyList<ReportSubject> Subjects => _subjects;

    /// <summary>What is wrong with the others.</summary>
    public IReadOnlyList<string> Malformed => _malformed;

    /// <summary>The digest of one role, if there is one.</summary>
    public Digest? this[SubjectRole role] => _subjects.Find(subject => subject.Role == role)?.Digest;

    /// <summary>Adds a digest; absent and empty count as none.</summary>
    public void Add(SubjectRole role, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            Add(role, text, name: null);
    }

    /// <summary>Adds what a repository is known by, <c>name@digest</c>.</summary>
    public void AddNamed(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 0)
            _malformed.Add($"'{Printable.Escape(text)}' is no name@digest");
        else
            Add(SubjectRole.Repository, text[(at + 1)..], text[..at]);
    }

    /// <summary>Adds the digests of an image that a document lists as one of its packages.</summary>
    /// <param name="purl">Its package URL; one of type <c>oci</c> has what a registry resolved.</param>
    /// <param name="version">Its version; where that is a digest, it is that of a manifest, which the tool may have rebuilt.</param>
    /// <param name="names">What repositories know it by, <c>name@digest</c>.</param>
    /// <param name="ids">The digests of its configuration.</param>
    public void AddImage(string? purl, string? version, IEnumerable<string> names, IEnumerable<string> ids)
    {
        if (purl?.StartsWith("pkg:oci/", StringComparison.Ordinal) == true && PackageUrl.Split(purl) is (var name, { } digest))
            AddNamed($"{name}@{digest}");
        foreach (var known in names)
            AddNamed(known);
        foreach (var id in ids)
            Add(SubjectRole.Config, id);
        if (version?.StartsWith("sha256:", StringComparison.Ordinal) == true && version != this[SubjectRole.Repository]?.ToString())
            Add(SubjectRole.Manifest, version);
    }

    /// <summary>Adds what a statement around the report is about, by the SHA-256 digest in hexadecimal digits.</summary>
    public void AddStated(string? name, string sha256) => Add(SubjectRole.Statement, $"sha256:{sha256}", name);

    /// <summary>Adds a contradiction between the digests.</summary>
    public void AddContradiction(string problem) => _malformed.Add(problem);

    /// <summary>The platform of these words, or null when one is missing or no such word.</summary>
    public static Platform? ReadPlatform(string? os, string? architecture, string? variant)
    {
        var text = string.IsNullOrEmpty(variant) ? $"{os}/{architecture}" : $"{os}/{architecture}/{variant}";
        return Platform.TryParse(text, out var platform, out _) ? platform : null;
    }

    private void Add(SubjectRole role, string text, string? name)
    {
        if (!Digest.TryParse(text, out var digest, out var problem))
            _malformed.Add(problem);
        else if (!digest.IsSha256)
            _malformed.Add($"{digest} is no sha256 digest, and evidence is bound by no other");
        else
            _subjects.Add(new ReportSubject(role, digest, name));
    }
}
