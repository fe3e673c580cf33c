// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using SupplyChain.Model;

namespace SupplyChain.Cli.Attest;

/// <summary>What is asked of an attestor. The bytes of files are read when they are sent, and never kept.</summary>
internal sealed record AttestRequest
{
    /// <summary>The image, by digest.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>Reports and documents, sent as they are.</summary>
    public required IReadOnlyList<SentFile> Files { get; init; }

    /// <summary>The signing policy, where more than one could apply.</summary>
    public string? Policy { get; init; }

    /// <summary>Evaluate only; nothing is signed.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>The caller's own name for the request, if it has one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The call's address below the attestor's.</summary>
    public string RelativeAddress => CheckOnly ? "v1/attestations?mode=check" : "v1/attestations";

    /// <summary>The body, for one try.</summary>
    /// <param name="sent">Told how many bytes of files went out, each time some did.</param>
    public MultipartFormDataContent Body(Action<long> sent)
    {
        var body = new MultipartFormDataContent { { new StringContent(Image.ToString()), "image" } };
        if (Policy is not null)
            body.Add(new StringContent(Policy), "policy");

        foreach (var (part, files) in Files.GroupBy(file => file.Part, StringComparer.Ordinal).Select(group => (group.Key, group.ToList())))
        {
            for (var i = 0; i < files.Count; i++)
            {
                var content = new FileContent(files[i], sent);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                // The file's own name stays here: a build machine's paths are nobody's business.
                body.Add(content, part, $"{part}-{i + 1}.json");
            }
        }

        return body;
    }
}

/// <summary>A file, the part it is sent as, and its length in bytes when it was looked at.</summary>
internal sealed record SentFile(string Part, string Path, long Length)
{
    /// <summary>Looks at a file; it must be a regular one, because a second try reads it again.</summary>
    /// <exception cref="CommandFailure">It is none, or cannot be read.</exception>
    public static SentFile Open(string part, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.CanSeek
                ? new SentFile(part, path, file.Length)
                : throw CommandFailure.BadInput($"{part} '{path}' is no regular file");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.BadInput($"{part} '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
