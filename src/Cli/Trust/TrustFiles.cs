// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Trust;

/// <summary>The two kinds of trust roots that are given as files. Each is taken for the other at times, so that a no says which it is.</summary>
internal static class TrustFiles
{
    /// <summary>Reads a <c>trusted_root.json</c>: logs and authorities.</summary>
    /// <returns>The trust root, and the document byte for byte.</returns>
    /// <exception cref="CommandFailure">It cannot be read or used.</exception>
    public static (TrustedRoot Root, byte[] Document) ReadTrustedRoot(string path)
    {
        var content = SmallFile.Read(path, Limits.TrustedRootBytes, "trust root");
        if (TrustedRoot.TryRead(content, out var root, out var problem))
            return (root, content);

        throw CommandFailure.BadInput(TufTrust.TryStart(content, out _, out _)
            ? $"--trusted-root expects logs and authorities (trusted_root.json), and '{path}' seems to be TUF root metadata (root.json): "
                + "supplychain trust takes that with --tuf-root, and writes a trusted_root.json with --out"
            : $"the trust root '{path}' cannot be used: {problem}");
    }

    /// <summary>Reads the <c>root.json</c> of a TUF repository.</summary>
    /// <exception cref="CommandFailure">It cannot be read or used.</exception>
    public static ReadOnlyMemory<byte> ReadTufRoot(string path)
    {
        var content = SmallFile.Read(path, Limits.TufRootBytes, "the root");
        if (TufTrust.TryStart(content, out _, out var problem))
            return content;

        throw CommandFailure.BadInput(TrustedRoot.TryRead(content, out _, out _)
            ? $"--tuf-root expects TUF root metadata (root.json), and '{path}' seems to list logs and authorities (trusted_root.json): "
                + "verify and bundle verify take that with --trusted-root"
            : $"the TUF root '{path}' cannot be used: {problem}");
    }
}
