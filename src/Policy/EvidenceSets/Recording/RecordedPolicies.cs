// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Policy sets as they are read back, each once. Safe for several threads.</summary>
internal sealed class RecordedPolicies(PieceFinder find)
{
    private readonly ConcurrentDictionary<string, (PolicySet? Set, string? Problem)> _sets = new(StringComparer.Ordinal);

    internal PolicySet? Find(PolicyForms forms, out string? problem)
    {
        var name = JsonSerializer.Serialize(forms, EvidenceJson.Form.PolicyForms);
        (var set, problem) = _sets.GetOrAdd(name, _ => Load(forms));
        return set;
    }

    private (PolicySet? Set, string? Problem) Load(PolicyForms forms)
    {
        var files = new List<PolicyFile>();
        foreach (var form in forms.Documents)
        {
            if (!find(form.Piece, out var content, out var missing))
                return (null, $"the policy {form.Revision} cannot be read: {missing}");
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
