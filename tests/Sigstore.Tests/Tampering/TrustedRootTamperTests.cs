// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// Every one-place change of a trust root. Nobody signs it here: whom it names is believed, so that a root which says more than before
/// is no attack but another root. What must never happen is that a bundle is accepted although the root that was changed no longer names,
/// as it was, what the bundle rests on: a key, an id, a name, the start of a time. A change that is accepted is in a list of what nobody
/// needs for the verdict, or widens trust by its own words.
/// </summary>
public sealed class TrustedRootTamperTests
{
    /// <summary>What may change without a bundle of any kind noticing.</summary>
    private static readonly string[] Irrelevant =
    [
        // Names for people; the place of a log of certificates is one.
        @"^(Delete|Null|Flip) \$\.(tlogs|ctlogs|certificateAuthorities|timestampAuthorities)\[\d\]\.(uri|subject|operator)$",
        @"^Flip \$\.ctlogs\[\d\]\.baseUrl$",
        // The same twice is named twice.
        @"^Duplicate \$\.(tlogs|ctlogs|certificateAuthorities|timestampAuthorities)\[\d\]$",
        // The anchor is believed as it is: what an anchor says of itself is signed by itself alone.
        @"^(Delete|Duplicate) \$\.(certificateAuthorities|timestampAuthorities)\[\d\]\.certChain\.certificates\[1\]$",
        @"^Flip \$\.(certificateAuthorities|timestampAuthorities)\[\d\]\.certChain\.certificates\[1\]\.rawBytes$",
        @"^\$\.(certificateAuthorities|timestampAuthorities)\[\d\]\.certChain\.certificates\[1\]\.rawBytes: \w+ (0\.[0134](\..*)?|0\.2|0\.5\.0|0\.7(\..*)?|1(\..*)?|2(\..*)?)$",
    ];

    public static TheoryData<string> Kinds => OwnBundles.Names;

    [Theory, MemberData(nameof(Kinds))]
    public void A_bundle_that_a_changed_root_still_speaks_for_did_not_rest_on_what_changed(string kind)
    {
        var known = OwnBundles.Instance.Find(kind);
        var unneeded = Unneeded(BundleDraft.All.Single(draft => draft.Name == kind)).ToList();
        // Two kinds need, between them, everything that a root names.
        var changes = JsonTamper.Everything(OwnBundles.Instance.Root).Select(change => (Change: $"{change}", change.Path, change.Json))
            .Concat(NestedTamper.Everything(OwnBundles.Instance.Root, _ => kind is "0.3 envelope" or "0.3 envelope in Rekor 2").Select(change => (Change: $"{change}", change.Path, change.Json)))
            .Where(change => !unneeded.Exists(place => change.Path.StartsWith(place, StringComparison.Ordinal)));
        var allowed = new ChangeList(Irrelevant);
        var wrong = new List<string>();
        foreach (var (change, _, json) in changes)
        {
            if (TrustedRoot.TryRead(json, out var root, out _) && known.Verify(known.Json, root) == BundleCase.Accepted && !allowed.Contains(change))
                wrong.Add(change);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // Of the root, what speaks for other kinds of bundles.
    private static IEnumerable<string> Unneeded(BundleDraft draft)
    {
        yield return draft.IsInRekor2 ? "$.tlogs[0]" : "$.tlogs[1]";
        // The log's name is its checkpoint's.
        if (!draft.HasProof)
            yield return "$.tlogs[0].baseUrl";
        if (!draft.HasTimestamp)
            yield return "$.timestampAuthorities";
        if (!draft.IsByKey)
            yield break;
        yield return "$.certificateAuthorities";
        yield return "$.ctlogs";
    }
}
