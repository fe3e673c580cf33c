// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What somebody says of an image: in a statement that was verified, or in a document that the requester sent.</summary>
internal sealed class Claim
{
    private readonly VerifiedStatement? _statement;
    private readonly SubmittedDocument? _document;

    internal Claim(VerifiedStatement statement)
    {
        _statement = statement;
        Images = [.. statement.Subjects.Select(subject => subject.Sha256).OfType<Digest>()];
        Order = statement.Image.ToString();
    }

    internal Claim(SubmittedDocument document)
    {
        _document = document;
        Images = document.Images;
        Order = document.Kind.ToString();
    }

    internal Digest Digest => _statement?.Digest ?? _document!.Digest;

    /// <summary>Who signed it; null for what a requester sent.</summary>
    internal Signer? Signer => _statement?.Signer;

    internal string PredicateType => _statement?.PredicateType ?? _document!.PredicateType;

    internal ReadOnlyMemory<byte> PredicateContent => _statement?.PredicateContent ?? _document!.PredicateContent;

    internal JsonElement Predicate => _statement?.Predicate ?? _document!.Predicate;

    /// <summary>What it is about.</summary>
    internal IReadOnlyList<Digest> Images { get; }

    /// <summary>Tells claims of one digest apart.</summary>
    internal string Order { get; }
}

/// <summary>A claim of the types a check judges, and why it does not satisfy the check; null when it does.</summary>
internal sealed record JudgedClaim(Claim Claim, Rejection? Rejection)
{
    internal bool Counts => Rejection is null;

    /// <summary>Whether it speaks of the manifest with that digest.</summary>
    internal bool Names(Digest digest) => Claim.Images.Contains(digest);
}
