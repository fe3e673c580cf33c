// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Transparency;

namespace SupplyChain.Sigstore;

/// <summary>A transparency log, of signatures or of certificates, as a trust root names it.</summary>
public sealed class TrustedLog
{
    internal TrustedLog(string baseUrl, string? @operator, PublicKey key, ReadOnlyMemory<byte> id, ValidityPeriod validFor)
    {
        BaseUrl = baseUrl;
        Operator = @operator;
        Key = key;
        Id = id;
        ValidFor = validFor;
        Host = Uri.TryCreate(baseUrl, UriKind.Absolute, out var url) ? url.Authority : baseUrl;
        CheckpointKey = NoteKeys.OfLog(Host, key);
    }

    /// <summary>Where it is, as its trust root writes it.</summary>
    public string BaseUrl { get; }

    /// <summary>The host of <see cref="BaseUrl"/>, with a port that is not the usual one: its name in signature lines.</summary>
    public string Host { get; }

    /// <summary>Who runs it; null where the trust root does not say.</summary>
    public string? Operator { get; }

    /// <summary>
    /// Who is counted where several have to agree: its operator. All without one count as one, for a host says nothing of who runs it.
    /// </summary>
    internal string RunBy => Operator ?? "";

    /// <summary>Its key.</summary>
    public PublicKey Key { get; }

    /// <summary>The id by which entries name it.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>When it may be trusted.</summary>
    public ValidityPeriod ValidFor { get; }

    /// <summary>Its key as checkpoints name it.</summary>
    public NoteKey CheckpointKey { get; }
}
