// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Ledger;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Crash;

/// <summary>Ends an attestor with kill -9, starts it again, asks the same, and holds the ledger against what is published.</summary>
internal static class CrashDrill
{
    private const int KilledByNine = 128 + 9;
    private const string Unwitnessed = "unwitnessed:";

    private static readonly string[] OneOfEach =
    [
        "https://cosign.sigstore.dev/attestation/vuln/v1",
        "https://sigstore.dev/cosign/sign/v1",
        "https://slsa.dev/verification_summary/v1",
        "tag",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Crashes at a moment of a step, and asks again.</summary>
    public static async Task RunAsync(
        AttestorFolder folder, string step, string moment, string image, byte[] report, Func<Task>? afterCrash = null)
    {
        await using (var doomed = await AttestorService.StartCrashingAsync(folder, step, moment, Stop))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => doomed.AttestAsync(image, report, Stop));
            Assert.Equal(KilledByNine, await doomed.WaitForEndAsync(Stop));
        }

        if (afterCrash is not null)
            await afterCrash();

        // The attestor finishes what it finds signed by itself; whoever asks meanwhile is told to come back.
        await using var attestor = await AttestorService.StartAsync(folder, Stop);
        var first = (await attestor.AttestPatientlyAsync(image, report, Stop)).Approved();
        var again = (await attestor.AttestAsync(image, report, Stop)).Approved();
        Assert.Equal(first.ToJsonString(), again.ToJsonString());
    }

    /// <summary>One of each purpose is published, all of it was intended and recorded before, and nothing else was.</summary>
    public static async Task EnsureHonestAsync(string ledger, IReadOnlyList<PublishedArtifact> published)
    {
        var entries = await ReadAsync(ledger);
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
            if (!PurposeOf(body).StartsWith(Unwitnessed, StringComparison.Ordinal))
                signed.Add(Digest.Parse(body["content"]!["digest"]!.GetValue<string>()));
        }

        Assert.Equal(OneOfEach, published.Select(artifact => artifact.Purpose).Order(StringComparer.Ordinal));
        Assert.All(published, artifact => Assert.Contains(artifact.Content, signed));
        Assert.Equal(published.Count, signed.Count);

        static string Key(JsonNode statement) => $"{statement["purpose"]} {statement["subject"]} {statement["payload"]}";
    }

    /// <summary>What a ledger holds signed: first as the key made it, and what of it others have seen.</summary>
    public static async Task<(IReadOnlyList<string> Made, IReadOnlyList<string> Seen)> ReadSignaturesAsync(string ledger)
    {
        var purposes = (await ReadAsync(ledger)).Where(entry => entry.Kind == EntryKind.Signature).Select(entry => PurposeOf(entry.Body)).ToLookup(
            purpose => purpose.StartsWith(Unwitnessed, StringComparison.Ordinal));
        return (
            [.. purposes[true].Select(purpose => purpose[Unwitnessed.Length..]).Order(StringComparer.Ordinal)],
            [.. purposes[false].Order(StringComparer.Ordinal)]);
    }

    private static string PurposeOf(JsonNode body) => body["purpose"]!.GetValue<string>();

    private static async Task<IReadOnlyList<(EntryKind Kind, JsonNode Body)>> ReadAsync(string ledger)
    {
        using var reader = new LedgerReader(ledger);
        Assert.Empty((await reader.VerifyAsync(expected: null, Stop)).Problems);
        var entries = new List<(EntryKind, JsonNode)>();
        await foreach (var entry in reader.ShowAsync(new EntryFilter(), Stop))
            entries.Add((entry.Kind, JsonNode.Parse(entry.Body.Span)!));
        return entries;
    }
}
