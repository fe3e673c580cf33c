// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The folder's full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("supplychain-test-").FullName;

    /// <summary>The full path of a file or folder inside.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Removes the folder and all that is in it.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
