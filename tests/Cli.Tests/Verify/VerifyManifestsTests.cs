// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Signer;

namespace SupplyChain.Cli.Tests.Verify;

public sealed class VerifyManifestsTests : IAsyncLifetime
{
    private readonly ImageWorld _world = new();
    private Descriptor _signed = null!;
    private Descriptor _unsigned = null!;

    private string Folder => _world["deploy"];

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        _signed = await _world.PushImageAsync("signed");
        _unsigned = await _world.PushImageAsync("unsigned");
        using var key = await _world.MakeKeyAsync("release");
        await _world.SignAsync(key, Drafts.OfSignature(ImageWorld.Repository, _signed));
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_image_is_shown_below_the_place_that_names_it()
    {
        Write("api.yaml", Deployment("api", _signed));
        Write("job.yml", "kind: Service\napiVersion: v1\nmetadata: { name: x }\n---\n" + Deployment("job", _unsigned));

        var run = await VerifyAsync();

        Assert.True(run.ExitCode == ExitCodes.Refused, run.Error);
        Assert.Contains(
            $"""
            {Folder}/api.yaml:10: Deployment 'api' in namespace shop: spec.template.spec.containers[0] "main"
            ALLOWED  {ImageWorld.NameOf(_signed)}
            """, run.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"""
            {Folder}/job.yml:14: Deployment 'job' in namespace shop: spec.template.spec.containers[0] "main"
            DENIED  {ImageWorld.NameOf(_unsigned)}
            """, run.Out, StringComparison.Ordinal);
        Assert.EndsWith("2 images: 1 denied, 1 allowed\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_several_lines_of_a_file_name_is_shown_with_all_of_them()
    {
        Write("api.yaml", Deployment("api", _signed) + "---\n" + Deployment("other", _signed));

        var run = await VerifyAsync();

        Assert.Contains($"{Folder}/api.yaml:10,21: Deployment 'api'", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_images_allowed_ends_with_0()
    {
        Write("api.yaml", Deployment("api", _signed));

        var run = await VerifyAsync();

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
    }

    [Fact]
    public async Task A_single_file_is_read_whatever_it_is_called()
    {
        Write("rendered.txt", Deployment("api", _unsigned));

        var folder = await VerifyAsync();
        var file = await VerifyAsync(_world["deploy/rendered.txt"]);

        Assert.Equal((ExitCodes.BadInput, ExitCodes.Refused), (folder.ExitCode, file.ExitCode));
        Assert.Contains("no manifest was found", folder.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_ends_with_2_however_good_the_others_are()
    {
        Write("api.yaml", Deployment("api", _signed));
        Write("broken.yaml", "apiVersion: v1\nkind: Pod\nkind: Service\n");

        var run = await VerifyAsync();

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains($"{Folder}/broken.yaml", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Manifests_without_an_image_end_with_2()
    {
        Write("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: x }\n");

        var run = await VerifyAsync();

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("no workload that names an image", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a file", "/etc/hostname")]
    [InlineData("a folder", "/etc")]
    public async Task A_symbolic_link_is_neither_followed_nor_passed_over(string because, string target)
    {
        Write("api.yaml", Deployment("api", _signed));
        File.CreateSymbolicLink(_world["deploy/link.yaml"], target);

        var run = await VerifyAsync();

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains("link.yaml' is a symbolic link", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_below_count_and_hidden_ones_do_not()
    {
        Directory.CreateDirectory(_world["deploy/base"]);
        Directory.CreateDirectory(_world["deploy/.git"]);
        Write("base/api.yaml", Deployment("api", _signed));
        Write(".git/other.yaml", Deployment("other", _unsigned));

        var run = await VerifyAsync();

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        Assert.Contains("base/api.yaml", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_larger_than_is_read_ends_with_2()
    {
        await using (var file = File.Create(_world["deploy/large.yaml"]))
            file.SetLength(Limits.ManifestFileBytes + 1);

        var run = await VerifyAsync();

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains($"is longer than {Limits.ManifestFileBytes} bytes", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_without_a_namespace_gets_the_one_that_is_given()
    {
        Write("api.yaml", Deployment("api", _signed).Replace(", namespace: shop", "", StringComparison.Ordinal));

        var without = await VerifyAsync();
        var with = await VerifyAsync(Folder, "--namespace", "given");

        Assert.Contains("warning: names no namespace", without.Error, StringComparison.Ordinal);
        Assert.Contains("Deployment 'api' in namespace given", with.Out, StringComparison.Ordinal);
        Assert.Empty(with.Error);
    }

    [Fact]
    public async Task An_account_goes_with_images_by_name_only()
    {
        Write("api.yaml", Deployment("api", _signed));

        var run = await VerifyAsync(Folder, "--service-account", "robot");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("manifests name their own", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_by_tag_is_denied()
    {
        Write("api.yaml", Deployment("api", "registry.local/demo/shop:latest"));

        var run = await VerifyAsync();

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
    }

    private static string Deployment(string name, Descriptor image) => Deployment(name, ImageWorld.NameOf(image));

    private static string Deployment(string name, string image) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{name}}, namespace: shop }
        spec:
          selector: { matchLabels: { app: {{name}} } }
          template:
            metadata: { labels: { app: {{name}} } }
            spec:
              containers:
                - { name: main, image: "{{image}}" }

        """;

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(Folder, name), content);

    private Task<Invoked> VerifyAsync() => VerifyAsync(Folder);

    private Task<Invoked> VerifyAsync(string path, params string[] options) => Invoked.RunAsync(
        ["verify", "--manifests", path, "--key", _world["release.pub"], .. options, .. _world.Registry]);
}
