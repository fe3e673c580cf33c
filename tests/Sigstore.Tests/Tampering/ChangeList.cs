// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace SupplyChain.Sigstore.Tests;

/// <summary>Changes that are listed by name, as patterns of where and what.</summary>
internal sealed class ChangeList(IEnumerable<string> patterns)
{
    private readonly Regex[] _patterns = [.. patterns.Select(pattern => new Regex(pattern, RegexOptions.NonBacktracking))];

    public bool Contains(string change) => Array.Exists(_patterns, pattern => pattern.IsMatch(change));
}
