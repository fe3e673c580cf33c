// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>A document that came with a request, beside the reports.</summary>
/// <param name="Kind">What the part it came in is for.</param>
/// <param name="Content">It, as the bytes that were sent.</param>
public sealed record SubmittedPart(DocumentKind Kind, ISubmittedReport Content);

/// <summary>Everything that came with a request, read once, before anything is known of the image.</summary>
/// <param name="Reports">The scan reports.</param>
/// <param name="Documents">SBOMs, provenance and other statements.</param>
/// <param name="Problems">What of them is not even read.</param>
public sealed record SentEvidence(
    IReadOnlyList<ReadReport> Reports, IReadOnlyList<SentDocument> Documents, IReadOnlyList<EvidenceProblem> Problems)
{
    /// <summary>Reports alone.</summary>
    public SentEvidence(IReadOnlyList<ReadReport> reports)
        : this(reports, [], [])
    {
    }

    /// <summary>
    /// What tells requests apart: the digest of each report, and for each document one of what it is for and its bytes, for the same bytes
    /// in another part are another request.
    /// </summary>
    public IReadOnlyList<Digest> Digests =>
    [
        .. Reports.Select(report => report.DigestOrReason),
        .. Documents.Select(document => DigestOf($"{document.Kind} {document.Digest}")),
        .. Problems.Select(problem => DigestOf($"{problem.Reason} {problem.Message} {problem.Actual}")),
    ];

    /// <summary>Reads reports as streams, and documents into memory.</summary>
    public static async ValueTask<SentEvidence> ReadAsync(
        IReadOnlyList<ISubmittedReport> reports, IReadOnlyList<SubmittedPart> documents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var read = new List<SentDocument>(documents.Count);
        var problems = new List<EvidenceProblem>();
        foreach (var (kind, part) in documents)
        {
            var name = Printable.Escape(part.Name);
            if (part.Size > Limits.DocumentBytes)
            {
                problems.Add(new EvidenceProblem(ReasonCode.DocumentLimit, $"{name} is too large to be read", IsError: false)
                {
                    Expected = $"at most {Limits.DocumentBytes} bytes",
                    Actual = $"{part.Size} bytes",
                });
                continue;
            }

            var content = new byte[part.Size];
            await using (var stream = part.Open())
                await stream.ReadExactlyAsync(content, cancellationToken);
            read.Add(new SentDocument(kind, name, Digest.Compute(content), content));
        }

        return new SentEvidence(await SigningEvidence.ReadAsync(reports, cancellationToken), read, problems);
    }

    private static Digest DigestOf(string text) => Digest.Compute(Encoding.UTF8.GetBytes(text));
}
