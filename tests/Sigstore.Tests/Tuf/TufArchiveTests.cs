// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests.Tuf;

/// <summary>A repository in one document.</summary>
public sealed class TufArchiveTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var archive = TufArchive.Empty.With(TufPath.Root(12), "root"u8.ToArray()).With(TufPath.Root(9), "earlier"u8.ToArray())
            .With(TufPath.Timestamp, "time"u8.ToArray());

        var document = archive.Write();

        Assert.True(TufArchive.TryRead(document, out var read, out var problem), problem);
        Assert.Equal(12, read.NewestRoot);
        Assert.Equal("time"u8, read.Find(TufPath.Timestamp)!.Value.Span);
        Assert.Null(read.Find(TufPath.Root(10)));
        Assert.Equal(document, read.Write());
        Assert.Null(TufArchive.Empty.NewestRoot);
    }

    [Fact]
    public void Has_no_more_bytes_and_files_than_repositories()
    {
        Assert.False(TufArchive.TryRead(new byte[Limits.TufArchiveBytes + 1], out _, out var problem));
        Assert.Equal("an archive has at most 25165824 bytes, found 25165825", problem);

        var archive = TufArchive.Empty;
        for (var version = 1; version <= Limits.TufFiles; version++)
            archive = archive.With(TufPath.Root(version), "x"u8.ToArray());
        Assert.True(TufArchive.TryRead(archive.Write(), out _, out problem), problem);
        Assert.False(TufArchive.TryRead(archive.With(TufPath.Timestamp, "x"u8.ToArray()).Write(), out _, out problem));
        Assert.Equal("the archive.files has 10001 members; expected at most 10000", problem);
    }
}
