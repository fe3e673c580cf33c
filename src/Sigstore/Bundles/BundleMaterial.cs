// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>What a bundle carries to tell who signed and when. Nothing of it is proven.</summary>
public sealed class BundleMaterial
{
    private const string Name = "verificationMaterial";

    internal BundleMaterial(
        Certificate? certificate, bool isChain, bool hasPromises,
        IReadOnlyList<LogEntry> logEntries, IReadOnlyList<ReadOnlyMemory<byte>> timestamps)
    {
        Certificate = certificate;
        IsChain = isChain;
        HasPromises = hasPromises;
        LogEntries = logEntries;
        Timestamps = timestamps;
    }

    /// <summary>What a signer writes beside a signature.</summary>
    /// <param name="certificate">The signer's certificate; null for a key that is known otherwise.</param>
    /// <param name="logEntries">What logs recorded, each with its proof of inclusion.</param>
    /// <param name="timestamps">Answers of timestamp authorities, DER TimeStampResp.</param>
    /// <exception cref="ArgumentException">
    /// There are more entries or timestamps than a bundle may have, or an entry without a checkpoint.
    /// </exception>
    public static BundleMaterial Of(
        Certificate? certificate, IReadOnlyList<LogEntry> logEntries, IReadOnlyList<ReadOnlyMemory<byte>> timestamps)
    {
        ArgumentNullException.ThrowIfNull(logEntries);
        ArgumentNullException.ThrowIfNull(timestamps);
        if (logEntries.Count > Limits.BundleEntries || timestamps.Count > Limits.BundleEntries)
        {
            throw new ArgumentException(
                $"A bundle has at most {Limits.BundleEntries} log entries and timestamps.", nameof(logEntries));
        }

        if (logEntries.Any(entry => entry.Proof?.Checkpoint is null))
        {
            throw new ArgumentException(
                "A log entry of a bundle of version 0.3 has a proof with a checkpoint.", nameof(logEntries));
        }

        return new BundleMaterial(certificate, isChain: false, hasPromises: false, logEntries, timestamps);
    }

    /// <summary>Nothing but a key.</summary>
    public static BundleMaterial None { get; } = new(certificate: null, isChain: false, hasPromises: false, [], []);

    /// <summary>The signer's certificate; null where a key is meant that is known otherwise.</summary>
    public Certificate? Certificate { get; }

    /// <summary>Whether the certificate came as the first of a chain. The others are not asked for anything.</summary>
    public bool IsChain { get; }

    /// <summary>
    /// Whether its log entries have promises, as those of bundles of version 0.1 and of the tag layout do; all others
    /// have proofs.
    /// </summary>
    public bool HasPromises { get; }

    /// <summary>What logs recorded.</summary>
    public IReadOnlyList<LogEntry> LogEntries { get; }

    /// <summary>Answers of timestamp authorities, DER TimeStampResp.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Timestamps { get; }

    // Every part has passed the strict scan of the whole bundle.
    internal static bool TryRead(
        ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> chain,
        ReadOnlyMemory<byte> logEntries, ReadOnlyMemory<byte> timestamps, bool hasPromises,
        [NotNullWhen(true)] out BundleMaterial? material, [NotNullWhen(false)] out string? problem) =>
        ProtoDocument.Try(
            () => new BundleMaterial(
                !certificate.IsEmpty ? ProtoDocument.ReadScanned(certificate, $"{Name}.certificate", ReadCertificate)
                : !chain.IsEmpty ? ProtoDocument.ReadScanned(chain, $"{Name}.x509CertificateChain", ReadChain)
                : null,
                !chain.IsEmpty, hasPromises, ReadList(logEntries, $"{Name}.tlogEntries", LogEntry.Read),
                ReadList(timestamps, $"{Name}.timestampVerificationData.rfc3161Timestamps", ReadTimestamp)),
            out material, out problem);

    private static Certificate ReadChain(ProtoElement chain)
    {
        chain.AllowOnly("certificates");
        var listed = chain.List("certificates", Limits.ChainCertificates).Select(ReadCertificate).ToList();
        if (listed.Count == 0)
            throw new ProtoException($"{chain.Path} has no certificates");
        // Who brings a root along asks to be believed by it.
        if (listed.Skip(1).FirstOrDefault(certificate => certificate.IsSelfIssued) is { } root)
            throw new ProtoException($"{chain.Path} has the root {root}; roots come with the trust root alone");
        return listed[0];
    }

    private static Certificate ReadCertificate(ProtoElement element)
    {
        element.AllowOnly("rawBytes");
        return Certificate.TryRead(element.Required("rawBytes").Bytes, out var certificate, out var problem)
            ? certificate
            : throw new ProtoException($"{element.Path}: {problem}");
    }

    private static ReadOnlyMemory<byte> ReadTimestamp(ProtoElement timestamp)
    {
        timestamp.AllowOnly("signedTimestamp");
        return timestamp.Required("signedTimestamp").Bytes;
    }

    private static List<T> ReadList<T>(ReadOnlyMemory<byte> json, string path, Func<ProtoElement, T> read) =>
        json.IsEmpty
            ? []
            : ProtoDocument.ReadScanned(json, path, list => list.Items(Limits.BundleEntries).Select(read).ToList());
}
