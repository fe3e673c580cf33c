// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>A repository that was carried along in one file.</summary>
public sealed class ArchiveSource(TufArchive archive) : ITufSource
{
    /// <inheritdoc/>
    public ValueTask<TufFetched> FetchAsync(TufPath path, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);

        return ValueTask.FromResult(archive.Find(path) switch
        {
            null => TufFetched.Absent,
            { } content when content.Length > most => TufFetched.TooLong(path, most),
            { } content => TufFetched.Found(content),
        });
    }
}
