// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Trust;

/// <summary>The trust root that is compiled in.</summary>
public sealed class PublicGoodRootTests
{
    [Fact]
    public void Is_read_whole()
    {
        var root = PublicGoodRoot.Root;

        Assert.Empty(root.Unusable);
        Assert.Equal(["rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev"], root.Logs.Select(log => log.Host));
        Assert.Equal([1, 2], root.CertificateAuthorities.Select(authority => authority.Certificates.Count));
        Assert.Equal("https://timestamp.sigstore.dev/api/v1/timestamp", Assert.Single(root.TimestampAuthorities).Uri);
        Assert.Equal(2, root.CertificateLogs.Count);
    }

    [Fact]
    public void Version_and_expiry_are_those_of_the_embedded_metadata()
    {
        using var metadata = JsonDocument.Parse(PublicGoodRoot.RootMetadata);
        var signed = metadata.RootElement.GetProperty("signed");

        Assert.Equal(signed.GetProperty("version").GetInt32(), PublicGoodRoot.RootVersion);
        Assert.Equal(signed.GetProperty("expires").GetDateTimeOffset(), PublicGoodRoot.RootExpires);
        Assert.Equal("root", signed.GetProperty("_type").GetString());
    }

    [Fact]
    public void Is_byte_for_byte_what_Sigstore_publishes()
    {
        var published = File.ReadAllBytes(SharedFiles.Require("vectors/sigstore/trusted-roots/public-good.root-signing.json"));

        Assert.Equal(Digest.Compute(published), Digest.Compute(PublicGoodRoot.Document.Span));
    }
}
