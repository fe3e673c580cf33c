// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Testing;

/// <summary>A fixture: policies, what is put before them, and what they have to answer.</summary>
public sealed record PolicyTest
{
    /// <summary>The fixture's name.</summary>
    public required string Name { get; init; }

    /// <summary>The policies, as paths from the fixture's folder.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>The cases; at least one.</summary>
    public required IReadOnlyList<PolicyTestCase> Cases { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Every file of evidence that a case names, each once, where it is named first.</summary>
    public IReadOnlyList<TestFile> Files =>
    [
        .. Cases.SelectMany(test => test.Facts.Files).OrderBy(file => file.Path, StringComparer.Ordinal)
            .ThenBy(file => file.Location.Line).ThenBy(file => file.Location.Column).DistinctBy(file => file.Path, StringComparer.Ordinal),
    ];

    /// <summary>Reads a fixture of at most <see cref="Limits.PolicyBytes"/>; every problem is reported.</summary>
    public static PolicyTestReadResult Read(PolicyFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return PolicyTestReader.Read(file);
    }
}

/// <summary>What reading a fixture gave.</summary>
/// <param name="Test">The fixture; null when anything is wrong with it.</param>
/// <param name="Problems">What is wrong, by line.</param>
public sealed record PolicyTestReadResult(PolicyTest? Test, IReadOnlyList<PolicyProblem> Problems);

/// <summary>One question to the policies, and the answer that is right.</summary>
/// <param name="Name">What it shows, as a sentence.</param>
/// <param name="Facts">What is put before the policies.</param>
/// <param name="Expected">What has to come of it.</param>
/// <param name="Location">Where it is written.</param>
public sealed record PolicyTestCase(string Name, TestFacts Facts, TestExpectation Expected, SourceLocation Location);
