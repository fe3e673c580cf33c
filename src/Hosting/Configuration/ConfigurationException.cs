// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>A configuration that cannot be used: everything that is wrong with it, for the operator's eyes.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, problems), inner)
{
    /// <summary>One problem with one sentence.</summary>
    public ConfigurationException(string problem, Exception? inner = null)
        : this([problem], inner)
    {
    }

    internal static ConfigurationException Unreadable(string path, Exception cause) =>
        new($"{Printable.Escape(path)}: cannot be read: {Printable.Escape(cause.Message)}", cause);

    /// <summary>What is wrong, each with the place it stands at.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
