// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>
/// Finds fixtures and what they name. A file that is named is read whatever it is called; of a folder, all <c>.yaml</c> and
/// <c>.yml</c> files in it and below are fixtures: <c>.json</c> ones there are reports and predicates.
/// </summary>
internal static class TestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml"];

    /// <summary>The fixtures' paths, in ordinal order within each folder.</summary>
    /// <exception cref="CommandFailure">There is no such path, or no fixture.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths)
    {
        var found = paths.SelectMany(Find).Distinct(StringComparer.Ordinal).ToList();
        return found.Count > 0
            ? found
            : throw CommandFailure.BadInput("no fixture was found: no .yaml or .yml file");
    }

    /// <summary>Reads a fixture.</summary>
    public static PolicyFile Read(string path) => new(path, SmallFile.Read(path, Limits.PolicyBytes, "fixture"));

    /// <summary>Reads the policies of a fixture, without their keys.</summary>
    public static async Task<PolicyLoadResult> ReadPoliciesAsync(string path, PolicyTest test, CancellationToken cancellationToken) =>
        PolicyLoader.Load(await PolicyFolders.ReadAsync([.. test.Policies.Select(policy => Beside(path, policy))], cancellationToken));

    /// <summary>The files that a fixture names and that are not there, each where it is named.</summary>
    public static IReadOnlyList<PolicyProblem> FindMissing(string path, PolicyTest test) =>
    [
        .. test.Files.Where(file => !File.Exists(Beside(path, file.Path))).Select(file => new PolicyProblem(
            file.Location, ProblemSeverity.Error, $"there is no file {Printable.Escape(Beside(path, file.Path))}")),
    ];

    /// <summary>Reads the files that a fixture's cases name.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ReadEvidence(string path, PolicyTest test) => test.Files.ToDictionary(
        file => file.Path,
        file => (ReadOnlyMemory<byte>)SmallFile.Read(Beside(path, file.Path), Limits.RequestBytes, "evidence"),
        StringComparer.Ordinal);

    private static string Beside(string path, string file) =>
        Path.GetRelativePath(".", Path.GetFullPath(file, Path.GetFullPath(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".")));

    private static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];

        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
                    && !Path.GetRelativePath(path, file).Split('/').Any(part => part.StartsWith('.')))
                .Order(StringComparer.Ordinal)
            : throw CommandFailure.BadInput($"there is no fixture or folder '{path}'");
    }
}
