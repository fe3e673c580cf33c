// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Publish;

/// <summary>What is shipped, as it is shipped: the command as one trimmed file, the services as their images hold them.</summary>
public sealed class PublishTests(BuildContext context) : IClassFixture<BuildContext>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trimmed_command_is_made_without_a_warning_and_does_the_main_job()
    {
        var command = await context.PublishCommandAsync(Stop);

        var demo = await Tool.At("bash").In(SharedFiles.RepositoryRoot).RunAsync(
            ["eng/demo.sh"], new Dictionary<string, string>(StringComparer.Ordinal) { ["SUPPLYCHAIN"] = command }, Stop);

        Assert.Contains("Demo passed", demo.Succeeded().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Building", demo.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attestor", "--config nothing.json", "nothing.json")]
    [InlineData("verifier", "--config nothing.json", "nothing.json")]
    [InlineData("cli", "policy lint nothing.yaml", "nothing.yaml")]
    public async Task What_an_image_is_made_of_starts_and_names_what_it_misses(string image, string arguments, string named)
    {
        var assembly = await context.PublishForAsync(image, Stop);

        var started = await Tool.At("dotnet").RunAsync([assembly, .. arguments.Split(' ')], environment: null, Stop);

        Assert.Equal(2, started.Refused(named).ExitCode);
    }
}
