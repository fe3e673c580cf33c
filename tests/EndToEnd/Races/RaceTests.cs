// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.EndToEnd.Crash;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Races;

/// <summary>
/// Two attestors, each with its own key and ledger, publish beside the same images of a registry that has neither the
/// referrers API nor a way to replace a tag only if it has not changed: every entry of both has to stay.
/// </summary>
public sealed class RaceTests(Registries registries)
{
    private const int Rounds = 50;
    private const int PerRequest = 4;

    // So many subjects are raced for at a time; within each it is one attestor against the other.
    private const int AtATime = 5;

    // 16 requests leave 16 layers under one tag, and 48 referrers; 64 and 256 are the limits.
    private const int RequestsPerAttestor = 8;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_attestors_at_one_subject_at_once_fifty_times_lose_no_entry()
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var content = new RegistryContent(registry);
        using var one = AttestorFolder.For(registry);
        using var other = AttestorFolder.For(registry);
        await using var first = await AttestorService.StartAsync(one, Stop);
        await using var second = await AttestorService.StartAsync(other, Stop);
        var repository = Registries.NewRepository();
        var images = new List<PlainImage>();
        for (var round = 0; round < Rounds; round++)
            images.Add(await PlainImage.PushAsync(content, repository, Stop));

        await Parallel.ForEachAsync(
            images,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Stop },
            async (image, stop) =>
            {
                var name = $"{registry.At(repository)}@{image.Digest}";
                var report = TrivyReport.Clean(image.Config);
                var replies = await Task.WhenAll(
                    first.AttestPatientlyAsync(name, report, stop), second.AttestPatientlyAsync(name, report, stop));
                Assert.All(replies, reply => reply.Approved());
            });

        foreach (var image in images)
            await EnsureAllThereAsync(content, repository, image, [one.Ledger, other.Ledger], 2 * PerRequest);
    }

    [Fact]
    public async Task Many_requests_of_two_attestors_for_one_subject_lose_no_entry()
    {
        var registry = await registries.GetAsync(RegistryAccess.Http);
        using var content = new RegistryContent(registry);
        using var one = AttestorFolder.For(registry);
        using var other = AttestorFolder.For(registry);
        await using var first = await AttestorService.StartAsync(one, Stop);
        await using var second = await AttestorService.StartAsync(other, Stop);
        var repository = Registries.NewRepository();
        var image = await PlainImage.PushAsync(content, repository, Stop);
        var name = $"{registry.At(repository)}@{image.Digest}";
        var report = TrivyReport.Clean(image.Config);

        var replies = await Task.WhenAll(Enumerable.Range(0, RequestsPerAttestor).SelectMany(number => new[]
        {
            first.AttestPatientlyAsync(name, report, Stop, $"request {number}"),
            second.AttestPatientlyAsync(name, report, Stop, $"request {number}"),
        }));

        Assert.All(replies, reply => reply.Approved());
        await EnsureAllThereAsync(
            content, repository, image, [one.Ledger, other.Ledger], 2 * RequestsPerAttestor * PerRequest);
    }

    private static async Task EnsureAllThereAsync(
        RegistryContent content, string repository, PlainImage image, IReadOnlyList<string> ledgers, int expected)
    {
        var published = await PublishedArtifacts.ReadAsync(content, repository, image.Digest, Stop);
        var signed = new List<Digest>();
        foreach (var ledger in ledgers)
            signed.AddRange(await SignedAsync(ledger, image.Digest));

        Assert.Equal(expected, signed.Count);
        Assert.Equal(Sorted(signed), Sorted(published.Select(artifact => artifact.Content)));
    }

    // What an attestor has on record as signed for an image.
    private static async Task<IReadOnlyList<Digest>> SignedAsync(string ledger, Digest image)
    {
        using var reader = new LedgerReader(ledger);
        var signed = new List<Digest>();
        await foreach (var entry in reader.ShowAsync(new EntryFilter { Kinds = [EntryKind.Signature] }, Stop))
        {
            var body = JsonNode.Parse(entry.Body.Span)!;
            if (body["subject"]!.GetValue<string>() == image.ToString())
                signed.Add(Digest.Parse(body["content"]!["digest"]!.GetValue<string>()));
        }

        return signed;
    }

    private static IEnumerable<string> Sorted(IEnumerable<Digest> digests) =>
        digests.Select(digest => digest.ToString()).Order(StringComparer.Ordinal);
}
