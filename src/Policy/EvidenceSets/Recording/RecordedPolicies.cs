// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Policy sets as they are read back: most decisions rest on the same few. Safe for several threads.</summary>
public sealed class RecordedPolicies
{
    private readonly ConcurrentDictionary<string, (PolicySet? Set, string? Problem)> _sets = new(StringComparer.Ordinal);

    internal PolicySet? Find(PolicyForms forms, Func<Digest, byte[]?> find, out string? problem)
    {
        var name = JsonSerializer.Serialize(forms, EvidenceJson.Form.PolicyForms);
        (var set, problem) = _sets.GetOrAdd(name, _ => Load(forms, find));
        return set;
    }

    private static (PolicySet? Set, string? Problem) Load(PolicyForms forms, Func<Digest, byte[]?> find)
    {
        var files = new List<PolicyFile>();
        foreach (var form in forms.Documents)
        {
            if (find(form.Piece) is not { } content)
                return (null, $"the policy document {form.Revision} is not there");
            files.Add(new PolicyFile(form.Revision + (form.IsJson ? ".json" : ".yaml"), content));
        }

        var loaded = PolicyLoader.Load(files);
        if (loaded.IsUsable)
        {
            // A member whose key was out of reach then counts for nothing now, too.
            var keys = forms.Keys.ToDictionary(key => key.Uri, key => key.Key, StringComparer.Ordinal);
            loaded = loaded.Set.WithResolvedKeys(keys, loaded.Set.KeyUris.Except(keys.Keys, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal));
        }

        if (!loaded.IsUsable)
            return (null, $"the policy can no longer be read: {loaded.Problems[0]}");

        return loaded.Set.SigningPolicies is [var policy] && policy.Revision == forms.Documents[0].Revision
            ? (loaded.Set, null)
            : (null, $"the policy {forms.Documents[0].Revision} reads as another revision now");
    }
}
