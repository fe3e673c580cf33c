// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.EndToEnd.Examples;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Crash;

/// <summary>
/// The attestor is ended with kill -9 somewhere in the signing cycle, started again and asked the same: it answers as if
/// nothing had happened, and nothing was published twice or signed without being on record.
/// </summary>
public sealed class CrashTests(Registries registries)
{
    private const int KilledByNine = 128 + 9;

    private static readonly string[] OneOfEach =
    [
        "https://cosign.sigstore.dev/attestation/vuln/v1",
        "https://sigstore.dev/cosign/sign/v1",
        "https://slsa.dev/verification_summary/v1",
        "tag",
    ];

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

        await CrashAndRepeatAsync(folder, step, moment, name, report);

        await EnsureHonestAsync(folder.Ledger, PublishedArtifacts.Read(folder.Layout, image.Digest));
    }

    [Theory, MemberData(nameof(InFrontOfARegistry))]
    public async Task So_it_does_in_front_of_a_real_registry_whatever_it_had_stored(int step, string moment)
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var folder = AttestorFolder.For(registry);
        using var content = new RegistryContent(registry);
        var repository = Registries.NewRepository();
        var image = await PlainImage.PushAsync(content, repository, Stop);

        await CrashAndRepeatAsync(
            folder, step, moment, $"{registry.At(repository)}@{image.Digest}", TrivyReport.Clean(image.Config));

        await EnsureHonestAsync(
            folder.Ledger, await PublishedArtifacts.ReadAsync(content, repository, image.Digest, Stop));
    }

    private static async Task CrashAndRepeatAsync(AttestorFolder folder, int step, string moment, string image, byte[] report)
    {
        await using (var doomed = await AttestorService.StartCrashingAsync(folder, $"{step}", moment, Stop))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => doomed.AttestAsync(image, report, Stop));
            Assert.Equal(KilledByNine, await doomed.WaitForEndAsync(Stop));
        }

        // The attestor finishes what it finds signed by itself; whoever asks meanwhile is told to come back.
        await using var attestor = await AttestorService.StartAsync(folder, Stop);
        var first = (await attestor.AttestPatientlyAsync(image, report, Stop)).Approved();
        var again = (await attestor.AttestAsync(image, report, Stop)).Approved();
        Assert.Equal(first.ToJsonString(), again.ToJsonString());
    }

    private static async Task EnsureHonestAsync(string ledger, IReadOnlyList<PublishedArtifact> published)
    {
        using var reader = new LedgerReader(ledger);
        Assert.Empty((await reader.VerifyAsync(expected: null, Stop)).Problems);
        var entries = new List<(EntryKind Kind, JsonNode Body)>();
        await foreach (var entry in reader.ShowAsync(new EntryFilter(), Stop))
            entries.Add((entry.Kind, JsonNode.Parse(entry.Body.Span)!));

        Assert.Single(entries, entry => entry.Kind == EntryKind.Completion);
        Assert.DoesNotContain(entries, entry => entry.Kind is EntryKind.Refusal or EntryKind.Rejected);

        var intended = new HashSet<string>(StringComparer.Ordinal);
        var signed = new List<Digest>();
        foreach (var (kind, body) in entries)
        {
            if (kind == EntryKind.Intent)
                intended.UnionWith(body["statements"]!.AsArray().Select(statement => Key(statement!)));
            if (kind != EntryKind.Signature)
                continue;

            Assert.Contains(Key(body), intended);
            signed.Add(Digest.Parse(body["content"]!["digest"]!.GetValue<string>()));
        }

        Assert.Equal(OneOfEach, published.Select(artifact => artifact.Purpose).Order(StringComparer.Ordinal));
        Assert.All(published, artifact => Assert.Contains(artifact.Content, signed));
        Assert.Equal(published.Count, signed.Count);

        static string Key(JsonNode statement) => $"{statement["purpose"]} {statement["subject"]} {statement["payload"]}";
    }
}
