// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>What an artifact has to be known by for a bundle to be about it.</summary>
public sealed class ArtifactTests : IDisposable
{
    private static readonly byte[] Content = "a package"u8.ToArray();
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
    private static readonly string Sha512 = Convert.ToHexStringLower(SHA512.HashData(Content));
    private static readonly string Other = new('0', 128);

    private readonly TrustWorld _world = new(new ManualClock());

    public static TheoryData<string, string, bool> Subjects => new()
    {
        { "bytes", $"\"sha256\":\"{Sha256}\"", true },
        { "bytes", $"\"sha512\":\"{Sha512}\"", true },
        { "bytes", $"\"sha512\":\"{Sha512}\",\"sha256\":\"{Sha256}\"", true },
        { "sha512", $"\"sha512\":\"{Sha512}\"", true },
        { "sha512", $"\"sha512\":\"{Sha512}\",\"sha256\":\"{Other[..64]}\"", true },
        { "sha256", $"\"sha512\":\"{Other}\",\"sha256\":\"{Sha256}\"", true },
        { "sha256", $"\"sha512\":\"?\",\"sha256\":\"{Sha256}\"", true },
        { "sha256", $"\"sha512\":\"{Sha512}\"", false },
        { "sha512", $"\"sha256\":\"{Sha256}\"", false },
        { "sha512", $"\"sha512\":\"{Other}\"", false },
        { "sha512", $"\"sha512\":\"{Sha512.ToUpperInvariant()}\"", false },
        { "bytes", $"\"sha512\":\"{Other}\",\"sha256\":\"{Sha256}\"", false },
        { "bytes", $"\"sha512\":\"{Sha512}\",\"sha256\":\"{Other[..64]}\"", false },
        { "bytes", $"\"sha1\":\"{Sha256}\"", false },
    };

    [Theory, MemberData(nameof(Subjects))]
    public void A_subject_is_the_artifact_if_one_digest_says_so_and_none_says_otherwise(string known, string digests, bool isExpected)
    {
        var artifact = known switch
        {
            "bytes" => Artifact.FromBytes(Content),
            "sha256" => Artifact.FromDigest(Digest.Parse($"sha256:{Sha256}")),
            _ => Digest.Parse($"sha512:{Sha512}"),
        };

        Assert.Equal(isExpected, TryVerify(artifact, digests, out var verified, out var problem));
        if (isExpected)
            Assert.Equal("t", verified!.Statement!.PredicateType);
        else
            Refused.With(ReasonCode.SubjectMismatch, "the statement speaks of another artifact", problem, digests);
        Assert.Equal(isExpected ? null : artifact.ToString(), problem?.Expected);
    }

    [Fact]
    public void What_a_statement_speaks_of_instead_is_told()
    {
        Assert.False(TryVerify(Artifact.FromBytes(Content), $"\"sha512\":\"{Other}\"", out _, out var problem));
        Assert.Equal($"sha512:{Other}", problem!.Actual);
        Assert.False(TryVerify(Artifact.FromBytes(Content), "\"gitCommit\":\"abc\"", out _, out problem));
        Assert.Equal("no sha256 or sha512 digest", problem!.Actual);
    }

    [Fact]
    public void Is_named_by_its_sha256_or_by_what_is_known()
    {
        Assert.Equal($"sha256:{Sha256}", Artifact.FromBytes(Content).ToString());
        Assert.Equal($"sha512:{Sha512}", Artifact.FromDigest(Digest.Parse($"sha512:{Sha512}")).ToString());
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public void A_log_may_have_recorded_any_digest_of_the_artifact(string algorithm)
    {
        var digest = Convert.ToHexStringLower(CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), Content));

        Assert.Null(Explain(algorithm, digest));
        Assert.StartsWith($"the log entry is of {algorithm}:00", Explain(algorithm, Other[..digest.Length]), StringComparison.Ordinal);
        Assert.StartsWith($"the log entry is of {algorithm.ToUpperInvariant()}:", Explain(algorithm.ToUpperInvariant(), digest), StringComparison.Ordinal);
        Assert.StartsWith($"the log entry is of {algorithm}:", Explain(algorithm, digest.ToUpperInvariant()), StringComparison.Ordinal);
        Assert.StartsWith("the log entry is of md5:", Explain("md5", digest), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_alone_does_not_make_a_certificate_the_trusted_one()
    {
        var identity = new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow, SourceRepositoryId = "1" };

        Assert.False(TryVerify(Artifact.FromBytes(Content), $"\"sha256\":\"{Sha256}\"", out _, out var problem, identity));
        Refused.With(ReasonCode.KeyNotTrusted, "expected the source repository id 1, found none", problem, "a reusable workflow");
        Assert.EndsWith(", source repository id 1", problem!.Expected, StringComparison.Ordinal);
    }

    public void Dispose() => _world.Dispose();

    private bool TryVerify(
        Artifact artifact, string digests, out VerifiedMaterial? verified, out SignatureProblem? problem, TrustedIdentity? identity = null)
    {
        var statement = $$$"""{"_type":"{{{Statement.TypeV1}}}","subject":[{"digest": { {{{digests}}} } }],"predicateType":"t"}""";
        var signed = _world.Sign(Encoding.UTF8.GetBytes(statement), _world.Rekor2);
        Assert.True(Bundle.TryReadWithMaterial(Encoding.UTF8.GetBytes(signed.ToJsonString()), out var bundle, out problem), problem?.Message);
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(_world.Root().ToJsonString()), out var root, out var unread), unread);
        return BundleVerifier.TryVerify(bundle, artifact, new BundleTrust
        {
            Root = root,
            Logs = 1,
            Times = 1,
            CertificateLogs = 1,
            Identities = [identity ?? new TrustedIdentity { Issuer = new LeafDraft().Issuer!, Subject = LeafDraft.Workflow }],
        }, out verified, out problem);
    }

    private static string? Explain(string algorithm, string digest)
    {
        var key = TestSigner.P256.Key;
        var pem = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ToPem()));
        var body = "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":{\"hash\":{\"algorithm\":\"" + algorithm
            + $"\",\"value\":\"{digest}\"}}}},\"signature\":{{\"content\":\"AQID\",\"publicKey\":{{\"content\":\"{pem}\"}}}}}}}}";
        return LogEntryBody.Explain(
            new LogEntry
            {
                LogId = default, LogIndex = 0, Kind = "hashedrekord", Version = "0.0.1", IntegratedTime = 0, Promise = null, Proof = null,
                Body = Encoding.UTF8.GetBytes(body),
            },
            new LoggedSignature { Signature = new byte[] { 1, 2, 3 }, Key = key, Artifact = Artifact.FromBytes(Content) });
    }
}
