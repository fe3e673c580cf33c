// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Signer;

/// <summary>In which form a draft is signed and stored.</summary>
public enum DraftForm
{
    /// <summary>An in-toto statement in a Sigstore bundle, stored as a referrer.</summary>
    Bundle,

    /// <summary>A simple-signing payload, stored as a layer of cosign's <c>.sig</c> tag.</summary>
    TagSignature,
}

/// <summary>Something that is about to be signed, complete down to the byte. Only <see cref="Drafts"/> makes one.</summary>
public sealed class Draft
{
    internal Draft(
        string purpose, DraftForm form, Repository repository, Descriptor subject, string? predicateType, ReadOnlyMemory<byte> payload)
    {
        Purpose = purpose;
        Form = form;
        Repository = repository;
        Subject = subject;
        PredicateType = predicateType;
        Payload = payload;
        PayloadDigest = Digest.Compute(payload.Span);
    }

    /// <summary>What it is for; with the subject it names one artifact of a request.</summary>
    public string Purpose { get; }

    /// <summary>How it is signed and stored.</summary>
    public DraftForm Form { get; }

    /// <summary>Where the subject lives.</summary>
    public Repository Repository { get; }

    /// <summary>The manifest it is about and will be attached to.</summary>
    public Descriptor Subject { get; }

    /// <summary>The statement's predicate type; none in the tag layout.</summary>
    public string? PredicateType { get; }

    /// <summary>The statement or payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The digest of <see cref="Payload"/>.</summary>
    public Digest PayloadDigest { get; }
}
