// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Root metadata: the keys of all roles; TUF specification §4.3.</summary>
public sealed class TufRoot : TufMetadata
{
    private readonly Dictionary<TufRole, TufRoleKeys> _roles = [];

    private TufRoot(TufBody body)
        : base(body)
    {
        HasConsistentSnapshots = body.Signed.Required("consistent_snapshot").Flag;
        var keys = new Dictionary<string, PublicKey?>(StringComparer.Ordinal);
        foreach (var (id, key) in body.Signed.Required("keys").Members(Limits.TufKeys))
            keys.Add(id, TufKey.Read(id, key));

        var roles = body.Signed.Required("roles");
        foreach (var role in Enum.GetValues<TufRole>())
            _roles.Add(role, new TufRoleKeys(roles.Required(role.Name()), keys));
    }

    /// <summary>Whether the repository serves documents under names with their version or digest.</summary>
    public bool HasConsistentSnapshots { get; }

    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TufRoot? root, [NotNullWhen(false)] out string? problem) =>
        TufBody.TryRead(utf8, TufRole.Root, body => new TufRoot(body), out root, out problem);

    /// <summary>Says who is missing among the signatures of <paramref name="document"/>; null when it is nobody.</summary>
    internal string? FindProblem(TufMetadata document) => _roles[document.Role].FindProblem($"the {document.Role.Name()} role of {this}", document);

    /// <summary>Whether somebody who signed for a role may no longer do so in <paramref name="later"/>.</summary>
    internal bool IsRotatedIn(TufRoot later, TufRole role) => !_roles[role].AreAllIn(later._roles[role]);
}
