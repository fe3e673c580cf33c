// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Cli.Policies;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>An attestor and the policy file that defines it, among the files that are read with it.</summary>
internal sealed class AttestorFile
{
    private readonly IReadOnlyList<PolicyFile> _files;
    private readonly PolicySet _set;

    private AttestorFile(IReadOnlyList<PolicyFile> files, PolicySet set, AttestorDefinition attestor)
    {
        _files = files;
        _set = set;
        Attestor = attestor;
        File = files.Single(file => string.Equals(file.Path, attestor.Location.File, StringComparison.Ordinal));
    }

    public AttestorDefinition Attestor { get; }

    /// <summary>The file that defines it.</summary>
    public PolicyFile File { get; }

    /// <summary>The other attestors that were read with it.</summary>
    public IEnumerable<AttestorFile> Others =>
        _set.Attestors.Where(other => other != Attestor).Select(other => new AttestorFile(_files, _set, other));

    /// <summary>Reads the file, or the folder of files, that defines an attestor.</summary>
    /// <exception cref="CommandFailure">The policies cannot be used, or none of them defines it.</exception>
    public static async Task<AttestorFile> ReadAsync(
        string path, string name, PolicyArguments policies, CancellationToken cancellationToken)
    {
        var files = await PolicyFolders.ReadAsync([path], cancellationToken);
        var set = policies.Usable(PolicyLoader.Load(files));
        return set.FindAttestor(name) is { } attestor
            ? new AttestorFile(files, set, attestor)
            : throw CommandFailure.BadInput(
                $"'{Printable.Escape(path)}' defines no attestor '{Printable.Escape(name)}', only "
                + (set.Attestors.Count > 0
                    ? string.Join(", ", set.Attestors.Select(known => known.Name))
                    : "other policies"));
    }

    /// <summary>
    /// Makes the changes in the text. The result is what they mean, and nothing else, or there is none.
    /// </summary>
    /// <param name="changes">What becomes of members.</param>
    /// <param name="addition">A member to add, if any.</param>
    /// <param name="revision">The changed file.</param>
    /// <param name="problem">Why the file has to be changed by hand.</param>
    public bool TryRevise(
        IReadOnlyList<MemberChange> changes, MemberAddition? addition,
        [NotNullWhen(true)] out AttestorRevision? revision, [NotNullWhen(false)] out string? problem)
    {
        revision = null;
        if (File.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            problem = "is JSON";
            return false;
        }

        if (!MembersText.TryRead(File.Content, out var text, out problem))
            return false;
        foreach (var change in changes)
        {
            if (!text.TryChange(change, out problem))
                return false;
        }

        if (addition is not null)
            text.Append(addition);

        var file = new PolicyFile(File.Path, text.Write());
        var loaded = PolicyLoader.Load([.. _files.Select(other => ReferenceEquals(other, File) ? file : other)]);
        var wanted = Attestor.Members
            .Select((member, i) => changes.LastOrDefault(change => change.Index == i)?.Of(member) ?? member)
            .Concat(addition is not null ? [addition.Member(Attestor.Location)] : [])
            .ToList();
        if (loaded.IsUsable && !Means(loaded.Set.FindAttestor(Attestor.Name), wanted))
        {
            problem = "is laid out in a way that is not understood";
            return false;
        }

        revision = new AttestorRevision(File, file, text, loaded, _set);
        return true;
    }

    private bool Means(AttestorDefinition? found, List<AttestorMember> wanted) =>
        found is not null && found.Purpose == Attestor.Purpose
        && string.Equals(found.VerifierId, Attestor.VerifierId, StringComparison.Ordinal)
        && found.Members.Count == wanted.Count
        && found.Members.Zip(wanted).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(AttestorMember left, AttestorMember right) =>
        Equals(left.PublicKey, right.PublicKey) && left.PublicKey?.Algorithm == right.PublicKey?.Algorithm
        && left with { PublicKey = null, Location = right.Location, KeyLocation = right.KeyLocation } == right with { PublicKey = null };
}
