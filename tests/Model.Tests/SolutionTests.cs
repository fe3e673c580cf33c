// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Xml.Linq;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>Holds the project files against the graph that docs/architecture.md draws.</summary>
public sealed class SolutionTests
{
    // An arrow includes everything below its target; a project not listed may reference nothing.
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Oci"] = ["Model"],
        ["Transparency"] = ["Model"],
        ["Sigstore"] = ["Transparency"],
        ["Sigstore.Clients"] = ["Sigstore"],
        ["Scanning"] = ["Model"],
        ["Ledger"] = ["Model"],
        ["Policy"] = ["Sigstore", "Scanning"],
        ["Kms"] = ["Sigstore"],
        ["Evidence"] = ["Oci", "Policy"],
        ["Signer"] = ["Oci", "Sigstore.Clients", "Kms"],
        ["Attestor"] = ["Evidence", "Signer", "Ledger"],
        ["Verifier"] = ["Evidence"],
        ["Hosting"] = ["Oci", "Policy", "Kms"],
        ["Attestor.Api"] = ["Attestor", "Hosting"],
        ["Verifier.Webhook"] = ["Verifier", "Hosting"],
        ["Cli"] = ["Attestor.Api", "Verifier.Webhook"],
    };

    private static readonly string Source = Path.Combine(SharedFiles.RepositoryRoot, "src");

    [Fact]
    public void Every_project_of_src_is_in_the_graph_and_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "SupplyChain.sln"));

        var projects = Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories).ToList();

        Assert.NotEmpty(projects);
        Assert.All(projects, project =>
        {
            Assert.True(Arrows.ContainsKey(NameOf(project)), $"{project} is not in the graph");
            Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void References_follow_the_arrows()
    {
        foreach (var project in Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories))
        {
            var allowed = Below(NameOf(project));
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => NameOf(reference.Attribute("Include")!.Value));

            Assert.All(references, reference =>
                Assert.True(allowed.Contains(reference), $"{NameOf(project)} must not reference {reference}"));
        }
    }

    [Fact]
    public void Nothing_that_is_built_knows_a_culture()
    {
        // Letters, numbers and calendars are then the same on every machine, whatever its language.
        string[] names = ["*.props", "*.targets", "*.csproj", "Dockerfile", "runtimeconfig.template.json"];
        var said = new[] { "src", "deploy" }.Select(folder => Path.Combine(SharedFiles.RepositoryRoot, folder)).Where(Directory.Exists)
            .SelectMany(folder => names.SelectMany(name => Directory.EnumerateFiles(folder, name, SearchOption.AllDirectories)))
            .Concat(names.SelectMany(name => Directory.EnumerateFiles(SharedFiles.RepositoryRoot, name)))
            .SelectMany(File.ReadLines)
            .Where(line => line.Contains("InvariantGlobalization", StringComparison.Ordinal) || line.Contains("GLOBALIZATION", StringComparison.OrdinalIgnoreCase));

        Assert.Equal("<InvariantGlobalization>true</InvariantGlobalization>", Assert.Single(said).Trim());
        Assert.Throws<CultureNotFoundException>(() => new CultureInfo("tr-TR"));
        Assert.Throws<CultureNotFoundException>(() => new CultureInfo("th-TH"));
    }

    private static HashSet<string> Below(string project)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in Arrows[project])
        {
            below.Add(target);
            below.UnionWith(Below(target));
        }

        return below;
    }

    private static string NameOf(string path) =>
        Path.GetFileNameWithoutExtension(path).Replace("SupplyChain.", "", StringComparison.Ordinal);
}
