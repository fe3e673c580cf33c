// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Cli.Rendering;

namespace SupplyChain.Cli.Trust;

/// <summary>A trust root as a policy document, to be reviewed and approved like any other.</summary>
internal static class TrustPolicy
{
    public static string Write(string name, ReadOnlyMemory<byte> document)
    {
        var policy = new StringBuilder()
            .Append("apiVersion: supplychain/v1\nkind: TrustRoot\nmetadata:\n  name: ").Append(name)
            .Append("\nspec:\n  trustedRoot: |\n");
        foreach (var line in Plain(document).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            policy.Append("    ").Append(line).Append('\n');
        return policy.ToString();
    }

    // A block of YAML holds such lines as they are; others are written anew, which changes the text and not what it says.
    private static string Plain(ReadOnlyMemory<byte> document)
    {
        var text = Encoding.UTF8.GetString(document.Span);
        if (text.StartsWith('{') && text.All(c => c is '\n' or (>= ' ' and <= '~')))
            return text;

        using var json = JsonDocument.Parse(document);
        return JsonText.Write(indented: true, json.RootElement.WriteTo);
    }
}
