// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>State that is there and cannot be read is never taken for none.</summary>
public sealed class UnreadableStateTests : IDisposable
{
    private readonly TufWorld _world = new();

    [Fact]
    public async Task A_folder_that_may_not_be_entered_is_a_fault()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "permissions do not bind a privileged user");
        await _world.DoneAsync();
        var folder = Path.GetDirectoryName(_world.State.Path)!;
        File.SetUnixFileMode(folder, UnixFileMode.None);
        try
        {
            Assert.Throws<UnauthorizedAccessException>(() => _world.State.TryRead(out _, out _));
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_a_fault()
    {
        await _world.DoneAsync();
        File.Delete(_world.State.Path);
        File.CreateSymbolicLink(_world.State.Path, _world.State.Path);

        Assert.Throws<IOException>(() => _world.State.TryRead(out _, out _));
        await Assert.ThrowsAsync<IOException>(() => _world.UpdateAsync());
    }

    [Fact]
    public async Task A_folder_of_that_name_is_a_fault()
    {
        Directory.CreateDirectory(_world.State.Path);

        Assert.Throws<UnauthorizedAccessException>(() => _world.State.TryRead(out _, out _));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _world.UpdateAsync());
    }

    [Fact]
    public async Task An_archive_without_files_is_never_a_beginning()
    {
        await _world.DoneAsync();
        await File.WriteAllBytesAsync(_world.State.Path, TufArchive.Empty.Write());

        await _world.InvalidAsync("5.2", "repository.json cannot be used: it holds no files");
    }

    [Fact]
    public void Where_nothing_is_there_is_nothing()
    {
        Assert.True(_world.State.TryRead(out var archive, out _));
        Assert.True(archive.IsEmpty);
    }

    public void Dispose() => _world.Dispose();
}
