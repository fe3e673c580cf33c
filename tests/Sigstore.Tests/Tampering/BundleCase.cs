// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests;

/// <summary>A bundle that is accepted, the artifact it is for, and whom it needs to be believed.</summary>
internal sealed record BundleCase(string Name, byte[] Json, Artifact Artifact, BundleTrust Trust)
{
    public const string Accepted = "accepted";

    /// <summary>What is said of another bundle in its place: <see cref="Accepted"/>, or the reason.</summary>
    public string Verify(byte[] json, TrustedRoot? root = null) =>
        TryVerify(json, root ?? Trust.Root, out _, out _, out var problem) ? Accepted : problem!.Reason.Name;

    public bool TryVerify(byte[] json, TrustedRoot root, out Bundle? bundle, out VerifiedMaterial? verified, out SignatureProblem? problem)
    {
        verified = null;
        return Bundle.TryReadWithMaterial(json, out bundle, out problem)
            && BundleVerifier.TryVerify(bundle, Artifact, Trust with { Root = root }, out verified, out problem);
    }
}

/// <summary>Bundles of every kind, made here.</summary>
internal sealed class OwnBundles
{
    private static readonly Lazy<OwnBundles> Made = new(() => new OwnBundles());

    private static readonly byte[] Artifact = "the artifact"u8.ToArray();

    private OwnBundles()
    {
        World = new TrustWorld(new ManualClock());
        Author = new BundleAuthor(World);
        Root = Encoding.UTF8.GetBytes(World.Root().ToJsonString());
        All = [.. BundleDraft.All.Select(draft => Make(draft))];
    }

    public static OwnBundles Instance => Made.Value;

    public TrustWorld World { get; }

    public BundleAuthor Author { get; }

    /// <summary>The trust root, as its document.</summary>
    public byte[] Root { get; }

    public IReadOnlyList<BundleCase> All { get; }

    public static TheoryData<string> Names => [.. BundleDraft.All.Select(draft => draft.Name)];

    public BundleCase Find(string name) => All.Single(known => known.Name == name);

    /// <summary>A bundle of that kind.</summary>
    /// <param name="draft">The kind.</param>
    /// <param name="alter">What becomes of its certificate's signed part, which the authority then signs again.</param>
    public BundleCase Make(BundleDraft draft, Func<byte[], byte[]>? alter = null)
    {
        var json = Author.Sign(draft, draft.IsMessage ? Artifact : Statement, alter).ToJsonString();
        return new BundleCase(draft.Name, Encoding.UTF8.GetBytes(json), Digest.Compute(Artifact), TrustFor(draft));
    }

    private static byte[] Statement { get; } = StatementWriter.Write(
        [StatementSubject.Of(Digest.Compute(Artifact), Samples.Repository)], "https://example.com/type",
        static writer => { writer.WriteStartObject(); writer.WriteEndObject(); });

    private BundleTrust TrustFor(BundleDraft draft)
    {
        Assert.True(TrustedRoot.TryRead(Root, out var root, out var unread), unread);
        Assert.True(PublicKey.TryReadSpki(Author.PublicKey, out var key, out unread), unread);
        return new BundleTrust
        {
            Root = root,
            Logs = 1,
            CertificateLogs = draft.IsByKey ? 0 : 1,
            Times = 1,
            Identities = draft.IsByKey ? [] : [new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
            Keys = draft.IsByKey ? [new TrustedKey(key, new ValidityPeriod(DateTimeOffset.UnixEpoch, null))] : [],
        };
    }
}
