// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>
/// Bundles, judged as each kind is. One that is accepted has to be by the same signer with the same certificate, of the same payload, and
/// be recorded and stamped as one of the seeds is: nothing of it may be more than that seed proves, though it may be less.
/// </summary>
internal sealed class BundleTarget
{
    private readonly IReadOnlyList<BundleCase> _cases = OwnBundles.Instance.All;
    private readonly Dictionary<string, VerifiedMaterial> _known = new(StringComparer.Ordinal);

    public BundleTarget()
    {
        foreach (var known in _cases)
        {
            Assert.True(known.TryVerify(known.Json, known.Trust.Root, out var bundle, out var verified, out var problem), problem?.Message);
            _known.Add(Core(bundle!, verified!), verified!);
        }
    }

    public FuzzTarget Bundles => new("bundle", [.. _cases.Select(known => known.Json)], (input, place) => Judge(_cases[place], input, _cases[place].Trust.Root));

    /// <summary>Trust roots, by what they make of bundles of every kind.</summary>
    public FuzzTarget TrustedRoots => new("trusted root", [OwnBundles.Instance.Root, PublicGoodRoot.Document.ToArray()], (input, _) =>
    {
        if (!TrustedRoot.TryRead(input, out var root, out var problem))
            return problem.Length > 0 ? "refused" : throw new FuzzException("refused without a word");

        return Judge(_cases[input.Length % _cases.Count], _cases[input.Length % _cases.Count].Json, root);
    });

    private string Judge(BundleCase known, byte[] json, TrustedRoot root)
    {
        if (!known.TryVerify(json, root, out var bundle, out var verified, out var problem))
            return problem!.Message.Length > 0 ? problem.Reason.Name : throw new FuzzException("refused without a word");
        if (!_known.TryGetValue(Core(bundle!, verified!), out var original))
            throw new FuzzException($"accepted for what no seed says: {Core(bundle!, verified!)}");

        foreach (var entry in verified!.LogEntries)
        {
            if (!original.LogEntries.Any(recorded => IsWithin(entry, recorded)))
                throw new FuzzException("an entry of a log is reported that the seed does not have");
        }

        if (verified.Timestamps.Any(stamp => original.Timestamps.All(known => known.Time != stamp.Time)))
            throw new FuzzException("a time is reported that the seed does not have");
        if (verified.CertificateLogs.Count > original.CertificateLogs.Count)
            throw new FuzzException("more logs of certificates are reported than promised");
        return BundleCase.Accepted;
    }

    private static bool IsWithin(VerifiedLogEntry entry, VerifiedLogEntry recorded) =>
        entry.Log.Id.Span.SequenceEqual(recorded.Log.Id.Span) && entry.Leaf.Span.SequenceEqual(recorded.Leaf.Span)
        && (entry.Time is null || entry.Time == recorded.Time) && (entry.Index is null || entry.Index == recorded.Index)
        && (!entry.IsIncluded || recorded.IsIncluded);

    private static string Core(Bundle bundle, VerifiedMaterial verified) =>
        $"{verified.Key.Id} {verified.Certificate?.Id} {verified.Identity} {(bundle.Envelope is { } envelope ? Digest.Compute(envelope.Payload.Span) : null)}";
}
