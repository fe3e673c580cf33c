// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Api;

/// <summary>The reports and documents of one request, by the part or member they come in. Neither name nor media type says what one is.</summary>
internal sealed class SentParts(Spool spool)
{
    private const string Report = "report";

    private static readonly (string Part, DocumentKind Kind)[] Kinds =
        [("sbom", DocumentKind.Sbom), ("provenance", DocumentKind.Provenance), ("attestation", DocumentKind.Attestation)];

    private readonly List<ISubmittedReport> _reports = [];
    private readonly List<SubmittedPart> _documents = [];

    /// <summary>The parts, for messages.</summary>
    public static string Names { get; } = Join([Report, .. Kinds.Select(known => known.Part)]);

    /// <summary>The members of a request in JSON, for messages.</summary>
    public static string ListNames { get; } = Join([Report + "s", .. Kinds.Select(known => known.Part + "s")]);

    public IReadOnlyList<ISubmittedReport> Reports => _reports;

    public IReadOnlyList<SubmittedPart> Documents => _documents;

    /// <summary>Whether parts of that name hold a report or a document.</summary>
    public static bool IsPart([NotNullWhen(true)] string? name) => name is Report || Kinds.Any(known => known.Part == name);

    /// <summary>The part that the items of a member are like; null when it holds none.</summary>
    public static string? PartOf(string member) => member.EndsWith('s') && IsPart(member[..^1]) ? member[..^1] : null;

    /// <summary>Takes one part.</summary>
    /// <param name="part">What it is, one of <see cref="Names"/>.</param>
    /// <param name="name">What its sender calls it, if anything.</param>
    /// <param name="content">It.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why there are too many; null when it was taken.</returns>
    public async ValueTask<Malformed?> TakeAsync(string part, string? name, Stream content, CancellationToken cancellationToken)
    {
        if (part is Report)
        {
            if (_reports.Count == Limits.ReportsPerRequest)
                return new Malformed(ReasonCode.RequestLimit, $"a request has at most {Limits.ReportsPerRequest} reports");

            _reports.Add(await spool.TakeAsync(
                string.IsNullOrEmpty(name) ? $"report {_reports.Count + 1}" : name, content, cancellationToken));
            return null;
        }

        if (_documents.Count == Limits.DocumentsPerRequest)
        {
            return new Malformed(
                ReasonCode.RequestLimit, $"a request has at most {Limits.DocumentsPerRequest} SBOMs, provenance and other attestations");
        }

        var kind = Kinds.First(known => known.Part == part).Kind;
        var number = _documents.Count(document => document.Kind == kind) + 1;
        _documents.Add(new SubmittedPart(kind, await spool.TakeAsync(
            string.IsNullOrEmpty(name) ? $"{part} {number}" : name, content, cancellationToken)));
        return null;
    }

    private static string Join(IReadOnlyList<string> names) => $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
