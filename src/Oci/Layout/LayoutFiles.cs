// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Layout;

/// <summary>The files of a layout directory.</summary>
internal sealed class LayoutFiles(string host, string root, TimeProvider clock)
{
    private static readonly byte[] Marker = [.. """{"imageLayoutVersion":"1.0.0"}"""u8];
    private const int WouldBlock = 11;
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(10);

    private readonly string _root = Path.GetFullPath(root);

    private string IndexPath => Path.Combine(_root, "index.json");

    private string MarkerPath => Path.Combine(_root, "oci-layout");

    // Beside the layout's own files; other tools leave it alone.
    private string WorkFolder => Path.Combine(_root, ".supplychain");

    /// <summary>
    /// Makes sure that there is a layout to ask: a folder that is not there does not answer "no such image".
    /// </summary>
    public async ValueTask RequireLayoutAsync(CancellationToken cancellationToken)
    {
        var marker = await ReadAsync(MarkerPath, Limits.RegistryErrorBytes, cancellationToken)
            ?? throw new RegistryException(ReasonCode.RegistryUnavailable, $"the folder of {host} holds no OCI layout");
        if (!IsVersionOne(marker))
            throw new RegistryException(
                ReasonCode.RegistryProtocol, $"the folder of {host} holds an OCI layout of an unknown version");
    }

    /// <summary>Makes an empty layout where there is none.</summary>
    public async ValueTask EnsureLayoutAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(MarkerPath))
        {
            using (await LockAsync(cancellationToken))
            {
                if (!File.Exists(IndexPath))
                    await ReplaceAsync(IndexPath, LayoutIndex.Empty, cancellationToken);
                if (!File.Exists(MarkerPath))
                    await ReplaceAsync(MarkerPath, Marker, cancellationToken);
            }
        }

        await RequireLayoutAsync(cancellationToken);
    }

    public async ValueTask<Manifest> ReadIndexAsync(CancellationToken cancellationToken)
    {
        await RequireLayoutAsync(cancellationToken);
        var content = await ReadAsync(IndexPath, Limits.LayoutIndexBytes, cancellationToken)
            ?? throw new RegistryException(
                ReasonCode.RegistryUnavailable, $"the OCI layout of {host} has no index.json");
        return ManifestReader.TryRead(
            content, servedAs: null, ManifestReader.Bounds.Layout, out var index, out var problem)
            ? index.IsIndex
                ? index
                : throw new RegistryException(ReasonCode.ManifestMalformed, $"the index.json of {host} is not an index")
            : throw new RegistryException(problem.Reason, $"index.json of {host}: {problem.Message}");
    }

    public ValueTask WriteIndexAsync(Manifest index, CancellationToken cancellationToken) =>
        ReplaceAsync(IndexPath, index.Content, cancellationToken);

    public bool HasBlob(Digest digest) => File.Exists(BlobPath(digest));

    /// <summary>The bytes with that digest, or <see langword="null"/> if the layout does not hold them.</summary>
    public async ValueTask<byte[]?> ReadBlobAsync(Digest digest, long most, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(BlobPath(digest), most, cancellationToken);
        if (content is null)
            return null;

        var actual = Digest.ComputeLike(digest, content);
        return actual == digest
            ? content
            : throw new RegistryException(ReasonCode.DigestMismatch, $"{host} holds {actual} under the name {digest}");
    }

    public async ValueTask WriteBlobAsync(
        Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await EnsureLayoutAsync(cancellationToken);
        if (!HasBlob(digest))
            await ReplaceAsync(BlobPath(digest), content, cancellationToken);
    }

    /// <summary>Waits until no other process changes the layout; disposing the result lets the next one in.</summary>
    /// <exception cref="RegistryException">PUBLISH_CONFLICT: another process does not let go.</exception>
    public async ValueTask<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        try
        {
            Directory.CreateDirectory(WorkFolder);
            while (true)
            {
                try
                {
                    return new FileStream(
                        Path.Combine(WorkFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException taken) when (taken.HResult == WouldBlock)
                {
                    if (clock.GetElapsedTime(startedAt) > Limits.TagUpdate)
                        throw new RegistryException(
                            ReasonCode.PublishConflict,
                            $"another process keeps the OCI layout of {host} locked", taken);
                }

                await Task.Delay(LockPoll, clock, cancellationToken);
            }
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw Unwritable(refused);
        }
    }

    private string BlobPath(Digest digest) => Path.Combine(_root, "blobs", digest.Algorithm, digest.Hex);

    private async ValueTask<byte[]?> ReadAsync(string path, long most, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;

            if (file.LinkTarget is not null)
                throw new RegistryException(
                    ReasonCode.RegistryProtocol, $"the OCI layout of {host} has a symbolic link where a file belongs");

            await using var stream = file.Open(
                new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
            if (stream.Length > most)
                throw new RegistryException(
                    ReasonCode.RegistryLimit,
                    $"{file.Name} of {host} has {stream.Length} bytes; at most {most} are read");

            var content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content, cancellationToken);
            return content;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(
                ReasonCode.RegistryUnavailable, $"the OCI layout of {host} cannot be read", unreadable);
        }
    }

    // A crash before the move leaves a stray file in the work folder, after it the new content: never half of it.
    private async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(WorkFolder);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = Path.Combine(WorkFolder, Guid.NewGuid().ToString("N"));
            await using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                await stream.WriteAsync(content, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(refused);
        }
    }

    private RegistryException Unwritable(Exception refused) =>
        new(ReasonCode.RegistryUnavailable, $"the OCI layout of {host} cannot be written", refused);

    private static bool IsVersionOne(byte[] marker)
    {
        if (!StrictJson.TryParse(marker, out var document, out _))
            return false;

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("imageLayoutVersion", out var version)
                && version.ValueKind == JsonValueKind.String && version.ValueEquals("1.0.0");
        }
    }
}
