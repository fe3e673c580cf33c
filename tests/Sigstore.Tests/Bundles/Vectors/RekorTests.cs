// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles.Vectors;

/// <summary>The signatures that the log's own tests upload, and the requests it is sent.</summary>
public sealed class RekorTests
{
    private const string Folder = "vectors/sigstore/rekor";

    /// <summary>
    /// Whether each signature verifies here. RSA with SHA-512 and Ed25519ph are not among what is verified with: a key means one
    /// algorithm, and that is RSA with SHA-256, or plain Ed25519.
    /// </summary>
    public static TheoryData<string, string, string, bool> Signatures => new()
    {
        { "file1", "file1.rsa.sig", "rsa_public.pem", true },
        { "file2", "file2.rsa512.sig", "rsa_public.pem", false },
        { "file2", "file2.rsa.sig", "rsa_public.pem", true },
        { "file1", "file1.ec.sig", "ec_public.pem", true },
        { "file2", "file2.ec.sig", "ec_public.pem", true },
        { "file1", "file1.ed25519.sig", "ed25519_public.pem", true },
        { "file1", "file1.ed25519ph.sig", "ed25519_public.pem", false },
    };

    [Theory, MemberData(nameof(Signatures))]
    public void A_signature_verifies_with_what_its_key_means(string file, string signature, string key, bool isExpected)
    {
        var signed = Convert.ToBase64String(Read($"tests/client-algos-testdata/{signature}"));
        var bundle = $$$"""{"mediaType":"{{{Bundle.MediaTypeV03}}}","verificationMaterial":{"publicKey":{}},"messageSignature":{"signature":"{{{signed}}}"}}""";
        var keys = new[] { BundleVector.ReadKey(Encoding.ASCII.GetString(Read($"tests/client-algos-testdata/{key}"))) };
        Assert.True(Bundle.TryRead(Encoding.UTF8.GetBytes(bundle), out var read, out var problem), problem?.Message);

        var isVerified = read.Message!.TryVerify(Artifact.FromBytes(Read($"tests/client-algos-testdata/{file}")), keys, out _, out problem);

        Assert.Equal(isExpected, isVerified);
        Assert.Equal(isExpected ? null : "SIGNATURE_INVALID", problem?.Reason.ToString());
        Assert.False(read.Message.TryVerify(Artifact.FromBytes("another"u8.ToArray()), keys, out _, out _));
    }

    [Fact]
    public void Every_case_is_among_them()
    {
        var cases = JsonNode.Parse(Read("cases.json"))!["cases"]!.AsArray().Select(found => found!["sig"]!.GetValue<string>());

        Assert.Empty(cases.Except(Signatures.Select(row => row.Data.Item2)));
    }

    [Theory]
    [InlineData("file1")]
    [InlineData("file2")]
    public void Signatures_of_its_sharding_tests_verify(string file)
    {
        var key = BundleVector.ReadKey(Encoding.ASCII.GetString(Read("tests/sharding-testdata/ec_public.pem")));

        Assert.True(key.Verify(Artifact.FromBytes(Read($"tests/sharding-testdata/{file}")), Read($"tests/sharding-testdata/{file}.sig")));
        Assert.False(key.Verify(Artifact.FromBytes("another"u8.ToArray()), Read($"tests/sharding-testdata/{file}.sig")));
    }

    /// <summary>What the log is asked to record is not what it recorded: a request in a record's place matches nothing.</summary>
    [Theory]
    [InlineData("dsse", "0.0.1", "spec has no payloadHash")]
    [InlineData("intoto", "0.0.2", "spec.content has no payloadHash")]
    [InlineData("hashedrekord", "0.0.1", "the log entry is of an artifact's signature")]
    public void A_request_is_no_record(string kind, string version, string expected)
    {
        var entry = new LogEntry
        {
            LogId = default, LogIndex = 0, Kind = kind, Version = version, IntegratedTime = 0, Promise = null, Proof = null,
            Body = Read($"pkg/generated/models/testdata/{kind}.json"),
        };

        var problem = LogEntryBody.Explain(entry, new LoggedSignature
        {
            Signature = new byte[] { 1 },
            Key = TestSigner.P256.Key,
            Envelope = TestSigner.P256.Envelope(Samples.Statement),
        });
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), file));
}
