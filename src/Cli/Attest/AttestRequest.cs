// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using SupplyChain.Model;

namespace SupplyChain.Cli.Attest;

/// <summary>What is asked of an attestor. The reports' bytes are read when they are sent, and never kept.</summary>
internal sealed record AttestRequest
{
    /// <summary>The image, by digest.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>The reports' files, sent as they are.</summary>
    public required IReadOnlyList<ReportFile> Reports { get; init; }

    /// <summary>The signing policy, where more than one could apply.</summary>
    public string? Policy { get; init; }

    /// <summary>Evaluate only; nothing is signed.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>The caller's own name for the request, if it has one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The call's address below the attestor's.</summary>
    public string RelativeAddress => CheckOnly ? "v1/attestations?mode=check" : "v1/attestations";

    /// <summary>The body, for one try.</summary>
    /// <param name="sent">Told how many bytes of reports went out, each time some did.</param>
    public MultipartFormDataContent Body(Action<long> sent)
    {
        var body = new MultipartFormDataContent { { new StringContent(Image.ToString()), "image" } };
        if (Policy is not null)
            body.Add(new StringContent(Policy), "policy");

        for (var i = 0; i < Reports.Count; i++)
        {
            var report = new ReportContent(Reports[i], sent);
            report.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            // The file's own name stays here: a build machine's paths are nobody's business.
            body.Add(report, "report", $"report-{i + 1}.json");
        }

        return body;
    }
}

/// <summary>A report's file and its length in bytes when it was looked at.</summary>
internal sealed record ReportFile(string Path, long Length)
{
    /// <summary>Looks at a file; it must be a regular one, because a second try reads it again.</summary>
    /// <exception cref="CommandFailure">It is none, or cannot be read.</exception>
    public static ReportFile Open(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.CanSeek
                ? new ReportFile(path, file.Length)
                : throw CommandFailure.BadInput($"report '{path}' is no regular file");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.BadInput($"report '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
