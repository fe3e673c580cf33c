// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Trust;

/// <summary>What is read of a trust root, what is set aside, and what spoils it.</summary>
public sealed class TrustedRootTests : IDisposable
{
    private readonly TrustWorld _world = new(new ManualClock());

    [Fact]
    public void Says_whom_to_believe_and_when()
    {
        var root = Read(_world.Root());

        Assert.Equal(["rekor.example.com", "log2026.rekor.example.com"], root.Logs.Select(log => log.Host));
        Assert.All(root.Logs, log => Assert.True(log.ValidFor.Contains(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero))));
        Assert.Equal(2, Assert.Single(root.CertificateAuthorities).Certificates.Count);
        Assert.Equal(2, Assert.Single(root.TimestampAuthorities).Certificates.Count);
        Assert.Equal("https://ctfe.example.com", Assert.Single(root.CertificateLogs).BaseUrl);
        Assert.Empty(root.Unusable);
    }

    public static TheoryData<string, string, string> SetAside => new()
    {
        { "publicKey.keyDetails", "ML_DSA_65", "the trust root.tlogs[0] has a key of kind 'ML_DSA_65', which is not verified with here" },
        { "hashAlgorithm", "SHA3_256", "the trust root.tlogs[0] builds its tree with 'SHA3_256'; expected SHA2_256" },
    };

    [Theory, MemberData(nameof(SetAside))]
    public void What_is_of_an_unknown_kind_counts_for_nothing_and_is_named(string path, string value, string expected)
    {
        var document = _world.Root();
        Set(document["tlogs"]![0]!, path, value);

        var root = Read(document);

        Assert.Equal(["log2026.rekor.example.com"], root.Logs.Select(log => log.Host));
        Assert.Equal(expected, Assert.Single(root.Unusable));
    }

    public static TheoryData<string, string?, string> Malformed => new()
    {
        { "mediaType", "application/json", "the trust root has the mediaType 'application/json'; expected '" },
        { "mediaType", null, "the trust root has no mediaType" },
        { "more", "x", "the trust root has an unknown member more" },
        { "tlogs", "x", "the trust root.tlogs is String; expected a list" },
        { "tlogs.0", "x", "the trust root.tlogs[0] is String; expected an object" },
        { "tlogs.0.logId", null, "the trust root.tlogs[0] has no logId" },
        { "tlogs.0.publicKey.rawBytes", "AAAA", "the trust root.tlogs[0].publicKey.rawBytes: the key is not a DER SubjectPublicKeyInfo" },
        { "tlogs.0.publicKey.rawBytes", "A", "the trust root.tlogs[0].publicKey.rawBytes is String; expected bytes in canonical base64" },
        { "tlogs.0.publicKey.keyDetails", "PKIX_ED25519", "the trust root.tlogs[0].publicKey says it is PKIX_ED25519, and holds a key for ecdsa-p256-sha256" },
        { "tlogs.0.publicKey.validFor.start", "today", "the trust root.tlogs[0].publicKey.validFor.start is String; expected a time" },
        { "tlogs.0.publicKey.validFor.begin", "2026-11-22T10:00:00Z", "the trust root.tlogs[0].publicKey.validFor has an unknown member begin" },
        { "certificateAuthorities.0.certChain.certificates", null, "the trust root.certificateAuthorities[0].certChain has no certificates" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong_and_where(string path, string? value, string expected)
    {
        var document = _world.Root();
        Set(document, path, value);

        Refused(document.ToJsonString(), expected);
    }

    [Fact]
    public void Each_certificate_of_an_authority_was_issued_by_the_next()
    {
        var document = _world.Root();
        var chain = document["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray();
        var first = chain[0]!;
        chain.RemoveAt(0);
        chain.Add(first);

        Refused(document.ToJsonString(), "the trust root.certificateAuthorities[0].certChain.certificates[1] did not issue the one before it");
    }

    [Fact]
    public void A_member_that_is_there_twice_spoils_it()
    {
        Refused(_world.Root().ToJsonString().Replace("\"ctlogs\":", "\"ctlogs\":[],\"ctlogs\":", StringComparison.Ordinal), "the trust root is malformed: ");
    }

    [Fact]
    public void More_than_a_trust_root_has_is_refused()
    {
        Refused(new string(' ', Limits.TrustedRootBytes + 1), "a trust root has at most 1048576 bytes, found 1048577");

        var document = _world.Root();
        var logs = document["tlogs"]!.AsArray();
        while (logs.Count < Limits.TrustedInstances)
            logs.Add(logs[0]!.DeepClone());
        Assert.Equal(Limits.TrustedInstances, Read(document).Logs.Count);
        logs.Add(logs[0]!.DeepClone());
        Refused(document.ToJsonString(), "the trust root.tlogs has 65 entries; expected at most 64");

        var chain = _world.Root();
        var certificates = chain["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray();
        while (certificates.Count <= Limits.ChainCertificates)
            certificates.Add(certificates[1]!.DeepClone());
        Refused(chain.ToJsonString(), "the trust root.certificateAuthorities[0].certChain.certificates has 17 entries; expected at most 16");
    }

    public void Dispose() => _world.Dispose();

    private static void Set(JsonNode document, string path, string? value)
    {
        var steps = path.Split('.');
        var node = document;
        foreach (var step in steps[..^1])
            node = (int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node[index] : node[step])!;
        if (int.TryParse(steps[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            node[last] = value;
        else if (value is null)
            Assert.True(node.AsObject().Remove(steps[^1]));
        else
            node[steps[^1]] = value;
    }

    private static TrustedRoot Read(JsonObject document)
    {
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(document.ToJsonString()), out var root, out var problem), problem);
        return root;
    }

    private static void Refused(string text, string expected)
    {
        Assert.False(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }
}
