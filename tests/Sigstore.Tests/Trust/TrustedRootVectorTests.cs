// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Trust;

/// <summary>Trust roots as they are served.</summary>
public sealed class TrustedRootVectorTests
{
    public static TheoryData<string> Roots
    {
        get
        {
            var folder = SharedFiles.Find("vectors/sigstore");
            return folder is null
                ? ["(absent)"]
                : [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                    .Where(file => File.ReadAllText(file).Contains(TrustedRoot.MediaType, StringComparison.Ordinal)
                        // A collection of many things, of which a trust root is one.
                        && !file.EndsWith("fixtures.json", StringComparison.Ordinal))
                    .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
        }
    }

    [Theory, MemberData(nameof(Roots))]
    public void Every_root_is_read_whole(string file)
    {
        var content = File.ReadAllBytes(SharedFiles.Require("vectors/sigstore/" + file));

        Assert.True(TrustedRoot.TryRead(content, out var root, out var problem), problem);
        Assert.Empty(root.Unusable);
        Assert.NotEmpty(root.Logs);
    }

    [Fact]
    public void The_public_root_names_its_logs_by_the_ids_that_entries_have()
    {
        var content = File.ReadAllBytes(SharedFiles.Require("vectors/sigstore/trusted-roots/public-good.root-signing.json"));
        Assert.True(TrustedRoot.TryRead(content, out var root, out var problem), problem);

        Assert.Equal(["rekor.sigstore.dev", "log2025-1.rekor.sigstore.dev"], root.Logs.Select(log => log.Host));
        Assert.All(root.Logs, log => Assert.Equal(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(log.Id.Span), log.CheckpointKey.Id));
        Assert.Equal([1, 2], root.CertificateAuthorities.Select(authority => authority.Certificates.Count));
    }
}
