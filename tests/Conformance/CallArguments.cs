// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Conformance;

/// <summary>The arguments of one call of the suite: flags, options with a value, and one file at the end.</summary>
internal sealed class CallArguments
{
    private static readonly string[] Flags = ["--staging", "--in-toto"];

    private static readonly string[] Options =
    [
        "--bundle", "--certificate-identity", "--certificate-oidc-issuer", "--key", "--trusted-root", "--identity-token", "--signing-config",
    ];

    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CallArguments(string file) => File = file;

    /// <summary>What is signed or verified.</summary>
    public string File { get; }

    /// <summary>Reads what follows the command's name.</summary>
    public static bool TryParse(
        IReadOnlyList<string> arguments, IReadOnlyCollection<string> allowed, [NotNullWhen(true)] out CallArguments? parsed,
        [NotNullWhen(false)] out string? problem)
    {
        parsed = null;
        problem = arguments.Count == 0 ? "the file is missing" : null;
        if (problem is not null)
            return false;

        var read = new CallArguments(arguments[^1]);
        for (var i = 0; problem is null && i < arguments.Count - 1; i++)
        {
            var name = arguments[i];
            if (!allowed.Contains(name))
                problem = $"unexpected argument '{name}'";
            else if (Flags.Contains(name))
                problem = read._flags.Add(name) ? null : $"{name} is there twice";
            else if (Options.Contains(name) && ++i < arguments.Count - 1)
                problem = read._values.TryAdd(name, arguments[i]) ? null : $"{name} is there twice";
            else
                problem = $"{name} has no value, or no file follows it";
        }

        parsed = problem is null ? read : null;
        return parsed is not null;
    }

    /// <summary>Whether a flag is given.</summary>
    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>An option's value; null where it is not given.</summary>
    public string? Find(string option) => _values.GetValueOrDefault(option);
}
