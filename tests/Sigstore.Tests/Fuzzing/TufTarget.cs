// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Testing;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>Metadata of trust-root repositories: what is accepted in the place of a document says, canonically, what was signed.</summary>
internal static class TufTarget
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    /// <summary>A second root, timestamp, snapshot and targets, each put before a client that has what comes before it.</summary>
    public static FuzzTarget Metadata()
    {
        var repository = new TufRepository(new ManualClock(Now));
        repository.PublishRoot();
        byte[][] seeds =
        [
            repository.Files["2.root.json"], repository.Files["timestamp.json"],
            repository.Files[repository.Versioned(repository.Snapshot)], repository.Files[repository.Versioned(repository.TargetsRole)],
        ];
        var signed = seeds.Select(SignedOf).ToList();
        return new FuzzTarget("TUF metadata", seeds, (input, place) =>
        {
            if (!TufTrust.TryStart(repository.FirstRoot, out var trust, out var problem))
                throw new FuzzException($"the seed is no repository: {problem}");

            var steps = new Func<byte[], TufProblem?>[]
            {
                document => trust.UpdateRoot(document), document => trust.UpdateTimestamp(document, Now),
                document => trust.UpdateSnapshot(document, Now), document => trust.UpdateTargets(document, Now),
            };
            for (var before = 0; before < place; before++)
                _ = steps[before](seeds[before]);

            return steps[place](input) is { } refused ? refused.Reason.Name
                : SignedOf(input).AsSpan().SequenceEqual(signed[place]) ? BundleCase.Accepted
                : throw new FuzzException("metadata is believed that nobody signed");
        });
    }

    private static byte[] SignedOf(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return CanonicalJson.Write(new ProtoElement(json.RootElement, "document").Required("signed"));
    }
}
