// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>What a rule requires: a tree whose leaves name what somebody must have signed.</summary>
public abstract record Requirement
{
    private protected Requirement(SourceLocation location) => Location = location;

    /// <summary>Where it is written.</summary>
    public SourceLocation Location { get; }

    /// <summary>This requirement and all below it.</summary>
    public IEnumerable<Requirement> Flatten() =>
        this is CombinedRequirement combined ? combined.Of.SelectMany(part => part.Flatten()).Prepend(this) : [this];
}

/// <summary>A requirement made of others.</summary>
public abstract record CombinedRequirement : Requirement
{
    private protected CombinedRequirement(IReadOnlyList<Requirement> of, SourceLocation location)
        : base(location) => Of = of;

    /// <summary>The parts; at least one.</summary>
    public IReadOnlyList<Requirement> Of { get; }
}

/// <summary>Every part has to hold.</summary>
public sealed record AllRequirement : CombinedRequirement
{
    internal AllRequirement(IReadOnlyList<Requirement> of, SourceLocation location)
        : base(of, location)
    {
    }
}

/// <summary>One part has to hold.</summary>
public sealed record AnyRequirement : CombinedRequirement
{
    internal AnyRequirement(IReadOnlyList<Requirement> of, SourceLocation location)
        : base(of, location)
    {
    }
}

/// <summary>A number of parts have to hold, each by a signer (a key, or an issuer and subject) that no other of them counts.</summary>
public sealed record AtLeastRequirement : CombinedRequirement
{
    internal AtLeastRequirement(int count, IReadOnlyList<Requirement> of, SourceLocation location)
        : base(of, location) => Count = count;

    /// <summary>How many; from one to all.</summary>
    public int Count { get; }
}

/// <summary>Something that an attestor must have signed.</summary>
public abstract record SignedRequirement : Requirement
{
    private protected SignedRequirement(string attestor, FieldPlace place, SourceLocation location)
        : base(location)
    {
        Attestor = attestor;
        AttestorPlace = place;
    }

    /// <summary>The attestor's name.</summary>
    public string Attestor { get; }

    /// <summary>Where the attestor's name is written.</summary>
    internal FieldPlace AttestorPlace { get; }
}

/// <summary>A PASSED verification summary that has not expired.</summary>
public sealed record ApprovalRequirement : SignedRequirement
{
    internal ApprovalRequirement(string attestor, FieldPlace place, TimeSpan? maximumAge, SourceLocation location)
        : base(attestor, place, location) => MaximumAge = maximumAge;

    /// <summary>How old the approval may be, beside its own validity.</summary>
    public TimeSpan? MaximumAge { get; }
}

/// <summary>A signature over the image.</summary>
public sealed record SignatureRequirement : SignedRequirement
{
    internal SignatureRequirement(string attestor, FieldPlace place, SourceLocation location)
        : base(attestor, place, location)
    {
    }
}

/// <summary>A statement of one predicate type about the image.</summary>
public sealed record AttestationRequirement : SignedRequirement
{
    internal AttestationRequirement(string type, string attestor, FieldPlace place, SourceLocation location)
        : base(attestor, place, location) => Type = type;

    /// <summary>The predicate type, compared character by character.</summary>
    public string Type { get; }
}
