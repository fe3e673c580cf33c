// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.EndToEnd.Examples;

namespace SupplyChain.EndToEnd.Crash;

/// <summary>
/// The attestor is ended with kill -9 somewhere in the signing cycle, started again and asked the same: it answers as if
/// nothing had happened, and nothing was published twice or signed without being on record.
/// </summary>
public sealed class CrashTests(Registries registries)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<int, string> EveryStep => new(Enumerable.Range(2, 9), ["start", "stop"]);

    /// <summary>Steps, and the requests that storing in a registry consists of: it has many moments of its own.</summary>
    public static TheoryData<int, string> InFrontOfARegistry => new()
    {
        { 8, "stop" },
        { 9, "stop" },
        { 9, "4" },
        { 9, "12" },
        { 9, "24" },
        { 9, "36" },
    };

    [Theory, MemberData(nameof(EveryStep))]
    public async Task After_a_crash_at_any_step_the_same_request_ends_with_one_signature_per_purpose(int step, string moment)
    {
        using var folder = AttestorFolder.ForExample();
        var image = ExampleImage.Open("clean");
        var name = $"{AttestorFolder.LayoutHost}/demo/shop@{image.Digest}";
        var report = await File.ReadAllBytesAsync(Path.Combine(ExampleImage.Folder, "reports", "clean.trivy.json"), Stop);

        await CrashDrill.RunAsync(folder, $"{step}", moment, name, report);

        await CrashDrill.EnsureHonestAsync(folder.Ledger, PublishedArtifacts.Read(folder.Layout, image.Digest));
    }

    [Theory, MemberData(nameof(InFrontOfARegistry))]
    public async Task So_it_does_in_front_of_a_real_registry_whatever_it_had_stored(int step, string moment)
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = AttestorFolder.For(registry);
        using var content = new RegistryContent(registry);
        var repository = Registries.NewRepository();
        var image = await PlainImage.PushAsync(content, repository, Stop);

        await CrashDrill.RunAsync(
            folder, $"{step}", moment, $"{registry.At(repository)}@{image.Digest}", TrivyReport.Clean(image.Config));

        await CrashDrill.EnsureHonestAsync(
            folder.Ledger, await PublishedArtifacts.ReadAsync(content, repository, image.Digest, Stop));
    }
}
