// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Publish;

/// <summary>
/// What an image build gets to see: a copy of the files that <c>.dockerignore</c> lets through, so that a build which needs
/// another one fails here rather than in somebody's registry.
/// </summary>
public sealed partial class BuildContext : IDisposable
{
    private static readonly string[] NeverCopied = ["bin", "obj", "artifacts"];

    private readonly TempFolder _folder = new();
    private readonly string[] _dockerfile = File.ReadAllLines(Path.Combine(SharedFiles.RepositoryRoot, "Dockerfile"));

    public BuildContext()
    {
        var root = SharedFiles.RepositoryRoot;
        foreach (var kept in File.ReadLines(Path.Combine(root, ".dockerignore")).Where(line => line.StartsWith('!')))
        {
            var source = Path.Combine(root, kept[1..]);
            if (File.Exists(source))
                Copy(source, kept[1..]);
            else if (Directory.Exists(source))
                CopyFolder(source, kept[1..]);
            else
                Assert.Fail($".dockerignore lets {kept[1..]} through, which is not there");
        }
    }

    /// <summary>Runs the command with which the Dockerfile makes what an image consists of.</summary>
    /// <returns>The assembly that the image starts.</returns>
    public async Task<string> PublishForAsync(string image, CancellationToken cancellationToken)
    {
        var command = Line($"FROM source AS publish-{image}", 1);
        Assert.StartsWith("RUN dotnet publish ", command, StringComparison.Ordinal);
        Assert.Contains("-o /out ", command, StringComparison.Ordinal);
        await PublishAsync(command["RUN dotnet ".Length..].Replace("-o /out ", $"-o {_folder[image]} ", StringComparison.Ordinal), cancellationToken);

        var start = EntryPoint().Match(string.Join('\n', _dockerfile[IndexOf($"FROM runtime AS {image}")..]));
        Assert.True(start.Success, $"the image {image} starts no assembly");
        return Path.Combine(_folder[image], start.Groups["assembly"].Value);
    }

    /// <summary>Publishes the command as one file for this platform.</summary>
    /// <returns>The file.</returns>
    public async Task<string> PublishCommandAsync(CancellationToken cancellationToken)
    {
        await PublishAsync(
            $"publish src/Cli/SupplyChain.Cli.csproj -c Release -r linux-x64 -o {_folder["command"]}", cancellationToken);
        return Path.Combine(_folder["command"], "supplychain");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    // As in an image, packages have to be those that are locked. Trimming reports what it cannot keep working as warnings.
    private async Task PublishAsync(string arguments, CancellationToken cancellationToken)
    {
        var result = await Tool.At("dotnet").In(_folder["source"]).RunAsync(
            [.. arguments.Split(' '), "-v", "minimal", "-p:RunAnalyzers=false"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["CI"] = "true", ["ContinuousIntegrationBuild"] = "true" },
            cancellationToken);
        Assert.DoesNotContain("warning", result.Succeeded().Output, StringComparison.OrdinalIgnoreCase);
    }

    private string Line(string stage, int after) => _dockerfile[IndexOf(stage) + after];

    private int IndexOf(string line)
    {
        var index = Array.IndexOf(_dockerfile, line);
        Assert.True(index >= 0, $"the Dockerfile has no line '{line}'");
        return index;
    }

    private void CopyFolder(string source, string name)
    {
        foreach (var file in Directory.EnumerateFiles(source))
            Copy(file, Path.Combine(name, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            if (!NeverCopied.Contains(Path.GetFileName(folder), StringComparer.Ordinal))
                CopyFolder(folder, Path.Combine(name, Path.GetFileName(folder)));
        }
    }

    private void Copy(string source, string name)
    {
        var target = _folder[Path.Combine("source", name)];
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target);
    }

    [GeneratedRegex("""^ENTRYPOINT \["dotnet", "/app/(?<assembly>[^"]+)"\]$""", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex EntryPoint();
}
